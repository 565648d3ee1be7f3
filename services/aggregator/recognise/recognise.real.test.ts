import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  countUnknown,
  readRecognised,
  readRecognition,
} from '@forbruk/infra/ledger/recognition/recognition.ts'
import { readSettledUsage } from '@forbruk/infra/ledger/usage/settled-usage.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { recognitionProgress } from '@forbruk/infra/store/tables/recognition-progress.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { backends, embedded, openLog } from '../../../test/support/log/backends.ts'
import { audit } from '../audit/audit.ts'
import { aggregate } from '../run/aggregate.ts'

const HOUR_MS = 3_600_000
/** Near the time of the log, which would not believe another. */
const NOW_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
const RANGE = { startMs: NOW_MS - 24 * HOUR_MS, endMs: NOW_MS + 24 * HOUR_MS }
/** On a busy machine a settling takes a second, and twenty follow. */
const WITHIN = { timeout: 90_000, interval: 200 }
const folder = mkdtempSync(join(tmpdir(), 'forbruk-recognise-'))
let store: Store

beforeAll(async () => {
  store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
  await migrate(store, MIGRATIONS, () => NOW_MS)
}, 60_000)

afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A topic of its own for each run, closed after the test. */
function openTopic(name: string, backend = embedded): Promise<EventLog> {
  return openLog(backend, `recognise.${name}.${randomUUID()}`, 3)
}

function record(id: string, partition: number, fields: Partial<RequestEvent> = {}) {
  const identity = { kind: 'request_id', id } as const
  const names = {
    kind: 'request',
    source: 'gateway-1',
    identity,
    clientId: 'fjord',
    integrationId: 'shop',
  } as const
  const value = encodeRequest({
    ...names,
    ...{ timeMs: NOW_MS, status: 200, requestBytes: 10, responseBytes: 100 },
    ...fields,
  })
  return { value, to: { partition } }
}

const run = (log: EventLog, signal: AbortSignal, untilCaughtUp: boolean) =>
  aggregate({ log, store, untilCaughtUp, logger: pino({ level: 'silent' }), signal })
const count = (log: EventLog) => run(log, new AbortController().signal, true)

/** Requests and bytes by client, and how many copies the fold itself saw. */
async function readUsage(stream: string) {
  const settled = await readSettledUsage(store, stream, RANGE)
  if (settled.kind === 'unsettled') return settled.examples
  return settled.usage.map(use => [use.clientId, Number(use.requests), Number(use.requestBytes)])
}

describe.each(backends)('on $name', ({ backend, there }) => {
  test.runIf(there)(
    '70 000 ids, and the first 1 000 again: 70 000, whoever sends them where and when',
    async () => {
      const log = await openTopic('again', backend)
      const ids = Array.from({ length: 70_000 }, (_, number) => `request-${number}`)
      await log.append(ids.map(id => record(id, 0)))
      await log.append(ids.slice(0, 1_000).map(id => record(id, 0)))
      await count(log)
      expect(await readUsage(log.topic)).toEqual([['fjord', 70_000, 700_000]])
      // Under another key, and from another source; in between, the aggregator was started anew.
      await log.append(ids.slice(0, 500).map(id => record(id, 1)))
      await log.append(ids.slice(69_500).map(id => record(id, 2, { source: 'gateway-2', clientId: 'fjell' })))
      await count(log)
      expect(await readUsage(log.topic)).toEqual([['fjord', 70_000, 700_000]])
      const { findings } = await audit({ store, stream: log.topic, replayFrom: log, range: null })
      expect(findings).toEqual([])
    },
    120_000,
  )

  test.runIf(there)(
    'an id that the log has lost is not taken for a copy: its month asks for a person',
    async () => {
      const log = await openTopic('lost', backend)
      await log.append([record('a', 0), record('b', 0), record('d', 0)])
      await count(log)
      await log.append([record('a', 1), record('c', 1)])
      await backend.deleteBelow(log.topic, 0, 2)
      await count(log)
      expect(await readUsage(log.topic)).toEqual([['fjord', 5, 50]])
      expect(await readRecognised(store, log.topic)).toMatchObject({ copies: 0n, unknown: 1n })
      expect(await countUnknown(store, log.topic, RANGE)).toBe(1)
    },
    120_000,
  )
})

test('the same id in another hour is another request', async () => {
  const log = await openTopic('hours')
  await log.append([record('a', 0), record('a', 1, { timeMs: NOW_MS + HOUR_MS }), record('a', 2)])
  await count(log)
  expect(await readUsage(log.topic)).toEqual([['fjord', 2, 20]])
})

test('a copy is taken off what it was counted under, whatever its answer was', async () => {
  const log = await openTopic('answers')
  const statuses = [0, 200, 304, 401, 404, 407, 429, 500]
  const all = statuses.map(status =>
    record(`answered-${status}`, 0, { status, clientId: `status-${status}` }),
  )
  await log.append([...all, ...all.map(({ value }) => ({ value, to: { partition: 1 } }))])
  await count(log)
  expect(await readUsage(log.topic)).toEqual(statuses.map(status => [`status-${status}`, 1, 10]))
})

test('while it counts on, a copy is left out soon, and stopping does not wait', async () => {
  const log = await openTopic('running')
  const stopping = new AbortController()
  const running = run(log, stopping.signal, false)
  await log.append([record('a', 0), record('b', 1), record('c', 2)])
  await vi.waitFor(async () => expect(await readUsage(log.topic)).toEqual([['fjord', 3, 30]]), WITHIN)
  await log.append([record('a', 2, { source: 'gateway-2' }), record('d', 0), record('c', 1)])
  await vi.waitFor(async () => expect(await readUsage(log.topic)).toEqual([['fjord', 4, 40]]), WITHIN)
  expect(await readRecognised(store, log.topic)).toEqual({ copies: 2n, unknown: 0n, offsetsBehind: 0 })
  const stoppedMs = performance.now()
  stopping.abort()
  await running
  expect(performance.now() - stoppedMs).toBeLessThan(15_000)
}, 240_000)

test('where another says late that less is settled, the one that settles says again what is', async () => {
  const log = await openTopic('late')
  const stopping = new AbortController()
  const running = run(log, stopping.signal, false)
  await log.append([record('a', 0), record('a', 1)])
  await vi.waitFor(async () => expect(await readUsage(log.topic)).toEqual([['fjord', 1, 10]]), WITHIN)
  const late = { stream: log.topic, sequence: 100, nextOffsets: [1, 0, 0], repeated: 0n }
  await insertValues(store, recognitionProgress, [late])
  const settled = { sequence: 101, nextOffsets: [1, 1, 0], isWhole: true }
  await vi.waitFor(async () => expect(await readRecognition(store, log.topic)).toEqual(settled), WITHIN)
  stopping.abort()
  await running
}, 240_000)

test('audit --replay names a repeated id that is not kept as such, and one that is and never was', async () => {
  const log = await openTopic('audited')
  await log.append([record('a', 0), record('a', 1), record('b', 0), record('b', 2), record('c', 2)])
  await count(log)
  const find = async () => {
    const { findings } = await audit({ store, stream: log.topic, replayFrom: log, range: null })
    return findings.map(({ place, message }) => `${place}: ${message}`)
  }
  expect(await find()).toEqual([])
  await store.command(`INSERT INTO repeated_request SELECT * REPLACE ('fjell' AS client_id)
    FROM repeated_request FINAL WHERE stream = '${log.topic}' AND request_id = 'a' AND partition = 1`)
  expect(await find()).toEqual([expect.stringContaining('partition 1, offset 0, request id a')])
  await store.command(`DELETE FROM request_identity WHERE stream = '${log.topic}' AND partition = 2`)
  expect(await find()).toEqual(
    expect.arrayContaining([
      'partition 2, block 0: request ids stored: 0, the ledger has 2: 2 too few',
      'partition 0, offset 1, request id b: kept as repeated; the log has it once',
    ]),
  )
})
