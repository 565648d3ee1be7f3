import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../test/support/alerts/installation.ts'
import { countAttempts } from '../count-attempts.ts'
import { judgeMonths } from '../judge/judge-months.ts'
import { type DeliverParts, deliverDue } from './deliver.ts'
import { sendAlert } from './send.ts'
import { nameWebhook } from './webhook.ts'

const { place, judgeParts, count } = useInstallation()
const SECRET = 'a secret of sufficient length'
const DAY_MS = 24 * 3_600_000
/** Each test is on the second day of a month of its own: too early for forecasts, and no alert is still to be sent. */
const months = ['2026-10', '2026-11', '2026-12', '2027-01'].values()

/** A receiver that answers by its list of statuses, the last one again and again, and what it was sent. */
async function openReceiver(...statuses: number[]) {
  const received: string[] = []
  const server = createServer((request, response) => {
    received.push(String(request.headers['webhook-id']))
    request.resume()
    response.statusCode = statuses[Math.min(received.length, statuses.length) - 1] ?? 200
    response.setHeader('location', '/elsewhere')
    // A moment in which another sender could do the same.
    void sleep(50).then(() => response.end('x'.repeat(100_000)))
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return { received, url: new URL(`http://127.0.0.1:${address.port}/?key=hunter2`) }
}

async function raiseOne(client: string): Promise<void> {
  place().clock.nowMs = Date.parse(`${months.next().value}-02T12:34:56Z`)
  await count(client, 50, place().clock.nowMs)
  await judgeMonths(judgeParts(), null)
}

function partsFor(url: URL, holder: string): DeliverParts {
  const clock = () => place().clock.nowMs
  return {
    store: place().store,
    stream: 'gateway.requests',
    webhook: nameWebhook(url),
    holder,
    send: (webhook, alert) => sendAlert(webhook.url, SECRET, alert, clock()),
    clock,
    random: () => 0.5,
  }
}

const webhooksOf = async (client: string) => {
  const [row] = await place().store.query(
    `SELECT webhooks FROM usage_alerts WHERE client_id = {client:String} AND kind = 'actual'`,
    z.object({
      webhooks: z.array(
        z.object({ webhook: z.string(), state: z.string(), attempts: z.number(), detail: z.string() }),
      ),
    }),
    { client },
  )
  return row?.webhooks.map(({ state, attempts, detail }) => ({ state, attempts, detail }))
}

test('of several processes one sends', async () => {
  await raiseOne('crowd')
  const { url, received } = await openReceiver(200)
  const processes = ['a', 'b', 'c'].map(holder => deliverDue(partsFor(url, holder)))
  const accepted = (await Promise.all(processes)).reduce((sum, each) => sum + each.accepted, 0)
  expect(accepted).toBe(1)
  expect(received).toHaveLength(1)
  expect(await webhooksOf('crowd')).toEqual([{ state: 'accepted', attempts: 1, detail: '' }])
  expect(await deliverDue(partsFor(url, 'a'))).toEqual({ accepted: 0, failed: [] })
  expect(received).toHaveLength(1)
})

test('what is not accepted is sent again after its pause, by the same id; a redirect is not followed', async () => {
  await raiseOne('patience')
  const { url, received } = await openReceiver(500, 302, 204)
  expect((await deliverDue(partsFor(url, 'a'))).failed).toEqual(['500: not accepted'])
  expect((await deliverDue(partsFor(url, 'a'))).failed).toEqual([])
  place().clock.nowMs += 5_000
  expect((await deliverDue(partsFor(url, 'a'))).failed).toEqual(['302: a redirect, which is not followed'])
  // The view tells by the store's clock whether a day has gone by.
  expect(await webhooksOf('patience')).toMatchObject([
    { attempts: 2, detail: '302: a redirect, which is not followed' },
  ])
  place().clock.nowMs += 15_000
  expect((await deliverDue(partsFor(url, 'b'))).accepted).toBe(1)
  expect(received).toHaveLength(3)
  expect(new Set(received).size).toBe(1)
})

test('an attempt whose process died is made again half a minute later', async () => {
  await raiseOne('death')
  const { url, received } = await openReceiver(200)
  const dying = { ...partsFor(url, 'dying'), send: () => Promise.reject(new Error('killed')) }
  await expect(deliverDue(dying)).rejects.toThrow('killed')
  expect(await deliverDue(partsFor(url, 'next'))).toEqual({ accepted: 0, failed: [] })
  place().clock.nowMs += 30_000
  expect((await deliverDue(partsFor(url, 'next'))).accepted).toBe(1)
  expect(received).toHaveLength(1)
})

test('a webhook that is not there is given up after a day, and the reason holds no URL', async () => {
  await raiseOne('nobody')
  const raisedAtMs = place().clock.nowMs
  const nobody = new URL('http://127.0.0.1:1/?key=hunter2')
  let attempts = 0
  while (place().clock.nowMs < raisedAtMs + DAY_MS) {
    attempts += (await deliverDue(partsFor(nobody, 'a'))).failed.length
    place().clock.nowMs += 3_600_000
  }
  expect(attempts).toBeGreaterThanOrEqual(9)
  expect(attempts).toBeLessThanOrEqual(15)
  const [webhook] = (await webhooksOf('nobody')) ?? []
  expect(webhook).toMatchObject({ state: 'given_up', attempts })
  expect(webhook?.detail).toMatch(/^no answer: /)
  const last = await place().store.query(
    `SELECT attempt FROM usage_alert_attempt
     WHERE webhook = {webhook:String} AND state = 'failed' AND next_attempt_at IS NULL`,
    z.object({ attempt: z.number() }),
    { webhook: nameWebhook(nobody).name },
  )
  expect(last).toEqual([{ attempt: attempts }])
  const counted = new Map(
    (await countAttempts(place().store, 'gateway.requests')).map(each => [each.outcome, each]),
  )
  expect(counted.get('given_up')).toMatchObject({ attempts: 1 })
  expect(counted.get('failed')?.attempts).toBeGreaterThanOrEqual(attempts - 1)
  expect((await deliverDue(partsFor(nobody, 'a'))).failed).toEqual([])
})
