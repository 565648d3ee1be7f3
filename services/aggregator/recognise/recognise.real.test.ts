import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countUnknown, readRecognised } from '@forbruk/infra/ledger/recognition.ts'
import { readSettledUsage } from '@forbruk/infra/ledger/settled-usage.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import pino from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { audit } from '../audit/audit.ts'
import { aggregate } from '../run/aggregate.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.UTC(2026, 9, 15, 12)
const RANGE = { startMs: Date.UTC(2026, 9, 1), endMs: Date.UTC(2026, 10, 1) }
const WITHIN = { timeout: 20_000, interval: 200 }
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

function openLog(topic: string): EventLog {
  const path = join(folder, `${topic}.sqlite`)
  return openEmbeddedLog({ path, topic, partitionCount: 3, clock: () => NOW_MS })
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

test('70 000 ids, and the first 1 000 again: 70 000, whoever sends them where and when', async () => {
  const log = openLog('again')
  const ids = Array.from({ length: 70_000 }, (_, number) => `request-${number}`)
  await log.append(ids.map(id => record(id, 0)))
  await log.append(ids.slice(0, 1_000).map(id => record(id, 0)))
  await count(log)
  expect(await readUsage('again')).toEqual([['fjord', 70_000, 700_000]])
  // Under another key, and from another source; in between, the aggregator was started anew.
  await log.append(ids.slice(0, 500).map(id => record(id, 1)))
  await log.append(ids.slice(69_500).map(id => record(id, 2, { source: 'gateway-2', clientId: 'fjell' })))
  await count(log)
  expect(await readUsage('again')).toEqual([['fjord', 70_000, 700_000]])
  const { findings } = await audit({ store, stream: 'again', replayFrom: log, range: null })
  expect(findings).toEqual([])
  await log.close()
}, 120_000)

test('the same id in another hour is another request', async () => {
  const log = openLog('hours')
  await log.append([record('a', 0), record('a', 1, { timeMs: NOW_MS + HOUR_MS }), record('a', 2)])
  await count(log)
  expect(await readUsage('hours')).toEqual([['fjord', 2, 20]])
  await log.close()
})

test('while it counts on, a copy is left out soon, and stopping does not wait', async () => {
  const log = openLog('running')
  const stopping = new AbortController()
  const running = run(log, stopping.signal, false)
  await log.append([record('a', 0), record('b', 1), record('c', 2)])
  await vi.waitFor(async () => expect(await readUsage('running')).toEqual([['fjord', 3, 30]]), WITHIN)
  await log.append([record('a', 2, { source: 'gateway-2' }), record('d', 0), record('c', 1)])
  await vi.waitFor(async () => expect(await readUsage('running')).toEqual([['fjord', 4, 40]]), WITHIN)
  expect(await readRecognised(store, 'running')).toEqual({ copies: 2n, unknown: 0n, offsetsBehind: 0 })
  const stoppedMs = performance.now()
  stopping.abort()
  await running
  expect(performance.now() - stoppedMs).toBeLessThan(5_000)
  await log.close()
}, 60_000)

test('an id that the log has lost is not taken for a copy: its month asks for a person', async () => {
  const whole = openLog('lost')
  await whole.append([record('a', 0), record('b', 0)])
  await count(whole)
  await whole.append([record('a', 1), record('c', 1)])
  // As if retention had taken the first two.
  const bounds = async (partition: number) => ({
    ...(await whole.bounds(partition)),
    startOffset: partition === 0 ? 2 : 0,
  })
  await count({ ...whole, bounds })
  expect(await readUsage('lost')).toEqual([['fjord', 4, 40]])
  expect(await readRecognised(store, 'lost')).toMatchObject({ copies: 0n, unknown: 1n })
  expect(await countUnknown(store, 'lost', RANGE)).toBe(1)
  await whole.close()
})

test('audit --replay names a repeated id that is not kept as such, and one that is and never was', async () => {
  const log = openLog('audited')
  await log.append([record('a', 0), record('a', 1), record('b', 0), record('b', 2), record('c', 2)])
  await count(log)
  const find = async () => {
    const { findings } = await audit({ store, stream: 'audited', replayFrom: log, range: null })
    return findings.map(({ place, message }) => `${place}: ${message}`)
  }
  expect(await find()).toEqual([])
  await store.command(`INSERT INTO repeated_request SELECT * REPLACE ('fjell' AS client_id)
    FROM repeated_request FINAL WHERE stream = 'audited' AND request_id = 'a' AND partition = 1`)
  expect(await find()).toEqual([expect.stringContaining('partition 1, offset 0, request id a')])
  await store.command(`DELETE FROM request_identity WHERE stream = 'audited' AND partition = 2`)
  expect(await find()).toEqual(
    expect.arrayContaining([
      'partition 2, block 0: request ids stored: 0, the ledger has 2: 2 too few',
      'partition 0, offset 1, request id b: kept as repeated; the log has it once',
    ]),
  )
  await log.close()
})
