import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { range } from '../support/log/backends.ts'
import { forbruk, type Running, startForbruk } from '../support/process/run-forbruk.ts'

/** Rejected lines are read again by the API of a process that lies beside their files, and is killed while it does. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-replay-api-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const settings = {
  ...{ FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info', FORBRUK_CLOSE_SCHEDULE: 'off' },
}
const TIME_MS = Date.now() - 600_000
const LINES = 40

const answerShape = z.object({
  ...{ dryRun: z.boolean(), readable: z.int(), sent: z.int(), before: z.int(), left: z.int() },
  readableLines: z.array(z.object({ clientId: z.string() })),
  next: z.null(),
})
const usageShape = z.object({ rows: z.array(z.object({ requests: z.string() })) })

async function start(): Promise<{ readonly up: Running; readonly url: string }> {
  const up = startForbruk(['up'], settings)
  await up.saying('console and API', 300_000)
  const said = up.stderr.split('\n').find(line => line.includes('console and API')) ?? ''
  return { up, url: z.object({ url: z.string() }).parse(JSON.parse(said)).url }
}

test('each line counts once, after a trial, two at a time and a kill', async () => {
  const log = join(folder, 'access.log')
  const lineOf = (number: number) => {
    const fields = { msec: (TIME_MS + number) / 1_000, who: `client-${number % 7}`, status: 200 }
    return JSON.stringify({ ...fields, request_length: number, bytes_sent: 1 })
  }
  writeFileSync(
    log,
    range(0, LINES)
      .map(number => `${lineOf(number)}\n`)
      .join(''),
  )
  await forbruk(
    ['ship', '--source', 'edge', '--format', 'nginx-json', '--client-field', 'customer', log],
    settings,
  )
  await forbruk(['aggregate', '--until-caught-up'], settings)

  const first = await start()
  const ask = (url: string, more: Record<string, unknown> = {}) =>
    fetch(`${url}/v1/rejected/replays`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ clientField: 'who', reason: 'another field', actor: 'kari', ...more }),
    })
  const trial = answerShape.parse(await (await ask(first.url, { dryRun: true, source: 'edge' })).json())
  expect(trial).toMatchObject({ readable: LINES, sent: 0, left: 0 })
  expect(trial.readableLines[0]).toEqual({ clientId: 'client-0' })
  const killed = ask(first.url).catch(() => null)
  await sleep(150)
  first.up.child.kill('SIGKILL')
  await first.up.finished
  await killed

  const { up, url } = await start()
  const both = await Promise.all([ask(url), ask(url)])
  // One at a time: the second one was told so, or came after the first.
  for (const answer of both) expect([200, 409]).toContain(answer.status)
  expect(both.map(({ status }) => status)).toContain(200)
  const states = async () => {
    const answer = await fetch(`${url}/v1/rejected`)
    const { reasons } = z
      .object({ reasons: z.array(z.object({ state: z.string(), events: z.int() })) })
      .parse(await answer.json())
    return reasons.map(({ state, events }) => `${state} ${events}`)
  }
  await expect.poll(states, { timeout: 120_000, interval: 500 }).toEqual([`mended ${LINES}`])
  const month = new Date(TIME_MS).toISOString().slice(0, 7)
  const usage = usageShape.parse(await (await fetch(`${url}/v1/usage?month=${month}`)).json())
  expect(usage.rows.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(LINES)
  const acts = await (await fetch(`${url}/v1/audit-log`)).json()
  expect(acts).toMatchObject({
    entries: expect.arrayContaining([
      expect.objectContaining({
        act: 'mend_events',
        subject: 'all',
        saidActor: 'kari',
        reason: 'another field',
      }),
    ]),
  })
  await up.stop()
  await forbruk(['audit', '--replay'], settings)
}, 900_000)
