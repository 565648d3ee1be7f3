import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { cloudEvent } from '../support/collector/open-collector.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { freePort } from '../support/process/free-port.ts'
import { forbruk, type Running, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'

/** The collector as a process of its own, killed while it takes what senders send until they are answered. */
const brokers = inject('kafkaBrokers') ?? []
const folder = mkdtempSync(join(tmpdir(), 'forbruk-collector-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TOKEN = 'a-token-of-the-gateway-that-sends'
const tokens = join(folder, 'tokens.json')
const sha256 = createHash('sha256').update(TOKEN).digest('hex')
writeFileSync(tokens, JSON.stringify([{ sha256, source: 'gateway-7', format: 'cloudevents' }]))

const BODIES = 40
const EVENTS = 25
const KILLS = 2
const SENDERS = 3
const TIME = new Date()

const figuresShape = z.array(z.tuple([z.string(), z.coerce.number(), z.coerce.number()]))

const logs = [
  { name: 'the embedded log', settings: {}, there: true },
  {
    name: 'Kafka',
    settings: { KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: uniqueTopic('collector') },
    there: brokers.length > 0,
  },
]

for (const { name, settings: log, there } of logs) {
  test.skipIf(!there)(
    `what is sent until it is answered counts once on ${name}, however often the collector is killed`,
    async () => {
      const port = await freePort()
      const settings = {
        ...log,
        FORBRUK_DATA_DIR: join(folder, name),
        FORBRUK_COLLECT_LISTEN: `127.0.0.1:${port}`,
        FORBRUK_COLLECTOR_TOKENS: tokens,
      }
      const start = async () => {
        const collector = startForbruk(['collect'], settings)
        await collector.saying('"msg":"collector"', 60_000)
        return collector
      }
      let collector = await start()
      const bodies = Array.from({ length: BODIES }, (_, body) => JSON.stringify(eventsOf(body)))
      const sent = { answered: 0, attempts: 0 }
      const sending = Array.from({ length: SENDERS }, (_, first) =>
        sendUntilAnswered(
          `http://127.0.0.1:${port}/v1/events`,
          bodies.filter((_body, index) => index % SENDERS === first),
          sent,
        ),
      )
      for (let kill = 1; kill <= KILLS; kill++) {
        // While bodies are on their way: some are in the log by then, and their answers never come.
        while (sent.answered < (kill * BODIES) / (KILLS + 1)) await sleep(1)
        collector = await killAndStart(collector, start)
      }
      await Promise.all(sending)
      expect(sent.attempts).toBeGreaterThan(BODIES)
      // As a sender whose answer was lost: all of it once more.
      await sendUntilAnswered(`http://127.0.0.1:${port}/v1/events`, bodies.slice(0, 5), sent)
      expect((await collector.stop()).code).toBe(0)
      expect(collector.stderr).not.toContain(TOKEN)

      await forbruk(['aggregate', '--until-caught-up'], settings)
      const query = `SELECT client_id, toString(sum(requests)), toString(sum(bytes)) FROM usage_hourly
                     GROUP BY client_id ORDER BY client_id`
      const found = await forbruk(['sql', query, '--format', 'JSONCompactEachRow'], settings)
      const rows = found
        .trim()
        .split('\n')
        .map(row => JSON.parse(row))
      expect(figuresShape.parse(rows)).toEqual([
        ['acme', (BODIES * EVENTS) / 5, (12 * (BODIES * EVENTS)) / 5],
        ['birk', (BODIES * EVENTS * 4) / 5, (12 * (BODIES * EVENTS * 4)) / 5],
      ])
      expect((await runForbruk(['audit', '--replay'], settings)).code).toBe(0)
    },
    600_000,
  )
}

function eventsOf(body: number) {
  return Array.from({ length: EVENTS }, (_, index) =>
    cloudEvent(`${body}-${index}`, {
      subject: index % 5 === 0 ? 'acme' : 'birk',
      time: TIME.toISOString(),
    }),
  )
}

async function killAndStart(collector: Running, start: () => Promise<Running>): Promise<Running> {
  collector.child.kill('SIGKILL')
  await collector.finished
  return start()
}

async function sendUntilAnswered(
  url: string,
  bodies: readonly string[],
  sent: { answered: number; attempts: number },
): Promise<void> {
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/cloudevents-batch+json',
  }
  for (const body of bodies) {
    for (let isAnswered = false; !isAnswered; ) {
      sent.attempts += 1
      isAnswered = await fetch(url, { method: 'POST', headers, body }).then(
        response => response.ok,
        () => false,
      )
      if (!isAnswered) await sleep(50)
    }
    sent.answered += 1
  }
}

test('up collects where it is told to, and a wrong file of tokens is named', async () => {
  const settings = {
    FORBRUK_DATA_DIR: join(folder, 'up'),
    FORBRUK_COLLECT_LISTEN: '127.0.0.1:0',
    FORBRUK_CLOSE_SCHEDULE: 'off',
  }
  const up = startForbruk(['up'], settings)
  await up.saying('"msg":"collector"', 60_000)
  const url = /"url":"([^"]+)","needsToken":false/.exec(up.stderr)?.[1]
  const body = JSON.stringify(cloudEvent('one', { time: TIME.toISOString() }))
  const response = await fetch(`${url}/v1/events`, {
    ...{ method: 'POST', body, headers: { 'content-type': 'application/cloudevents+json' } },
  })
  expect(await response.json()).toEqual({ events: 1, rejected: 0 })
  const counted = [
    'sql',
    "SELECT sum(requests) FROM usage_hourly WHERE client_id = 'acme'",
    '--format',
    'TSV',
  ]
  for (let found = ''; found !== '1'; ) {
    await sleep(500)
    found = (await forbruk(counted, settings)).trim()
  }
  expect((await up.stop()).code).toBe(0)

  const wrong = await runForbruk(['collect'], { ...settings, FORBRUK_COLLECTOR_TOKENS: join(folder, 'none') })
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain("can't be read (ENOENT); expected a list of tokens as JSON")
})
