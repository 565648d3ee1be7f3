import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, describe, expect, test } from 'vitest'
import { forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** Records of 30 KB, each of ten thousand events that are none: some of them took 4 GB, and every restart again. */
const root = mkdtempSync(join(tmpdir(), 'forbruk-many-events-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const TOPIC = 'gateway.requests'
const EVENTS = 10_000
const poison = Buffer.from(`[${Array(EVENTS).fill('{}').join()}]`)
const MONTH = new Date().toISOString().slice(0, 7)

function settingsOf(name: string): { FORBRUK_DATA_DIR: string } & Record<string, string> {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  // The records that one batch has at most, and little beside what counting takes.
  return { FORBRUK_DATA_DIR: folder, LOG_LEVEL: 'warn', NODE_OPTIONS: '--max-old-space-size=256' }
}

async function fill(folder: string, records: number): Promise<void> {
  const path = join(folder, 'log.sqlite')
  const log = openEmbeddedLog({ path, topic: TOPIC, partitionCount: 2, clock: Date.now })
  await log.append(Array.from({ length: records }, () => ({ value: poison, to: { partition: 0 } })))
  const event = { kind: 'request', source: '', identity: { kind: 'none' }, integrationId: 'shop' } as const
  const sizes = { timeMs: Date.now(), status: 200, requestBytes: 1, responseBytes: 2 }
  const value = encodeRequest({ ...event, ...sizes, clientId: 'fjord' })
  await log.append([0, 1].map(partition => ({ value, to: { partition } })))
  await log.close()
}

const count = (settings: Record<string, string>) => forbruk(['aggregate', '--until-caught-up'], settings)
const query = async (settings: Record<string, string>, sql: string) =>
  (await forbruk(['sql', sql, '--format', 'TSV'], settings)).trim()

describe('records of very many events that are none', () => {
  const records = 120
  const settings = settingsOf('new')
  const open = records * EVENTS

  test('are counted in little memory, and so is what stands beside and behind them', async () => {
    await fill(settings.FORBRUK_DATA_DIR, records)
    expect(await count(settings)).toContain('1 200 000 rejected')
    expect(await query(settings, 'SELECT client_id, sum(requests) FROM usage_hourly GROUP BY 1')).toBe(
      'fjord\t2',
    )
  }, 240_000)

  test('have few rows, which add up to what the ledger and the replay say', async () => {
    const sums = 'SELECT count(), sum(events), uniqExact(excerpt) FROM rejected_events'
    expect(await query(settings, sums)).toBe(`${records * 17}\t${open}\t1`)
    const report = JSON.parse(await forbruk(['audit', '--replay', '--json'], settings))
    expect(report).toMatchObject({ findings: [], requests: '2', rejected: String(open) })
    const [partition] = JSON.parse(await forbruk(['status', '--json'], settings)).partitions
    expect(partition).toMatchObject({ rejected: String(open), lag: 0 })
  }, 240_000)

  test('are mended by nobody one by one, and waived with what they stand for', async () => {
    const replay = ['rejected', 'replay', '0:0[16]', '--set', 'client_id=fjord', '--reason', 'it was theirs']
    expect(await runForbruk(replay, settings)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`0:0[16] is the sum of ${EVENTS - 16} events, which`),
    })
    const waive = [
      'rejected',
      'waive',
      '--reason-code',
      'event_malformed',
      '--month',
      MONTH,
      '--reason',
      'none',
    ]
    expect(await forbruk(waive, settings)).toContain('1 200 000 waived')
    expect(await query(settings, "SELECT sum(events) FROM rejected_events WHERE state = 'waived'")).toBe(
      String(open),
    )
  }, 240_000)
})

test('where an older release began to count them, its rules hold, and the proof stays whole', async () => {
  const settings = settingsOf('older')
  const records = 24
  await fill(settings.FORBRUK_DATA_DIR, records)
  const store = await openStore({
    kind: 'embedded',
    path: join(settings.FORBRUK_DATA_DIR, 'store'),
    database: 'forbruk',
  })
  await migrate(store, MIGRATIONS, Date.now)
  const sizes = { block_size: 131_072, window_size: 65_536, fold_version: 2 }
  await store.insert('stream', [{ stream: TOPIC, partition_count: 2, ...sizes }])
  await store.close()

  await count(settings)
  await fill(settings.FORBRUK_DATA_DIR, 1)
  await count(settings)
  // A row of each event below the record that says the version, and few behind it.
  const rows = 'SELECT count(), sum(events) FROM rejected_events'
  expect(await query(settings, rows)).toBe(`${records * EVENTS + 17}\t${(records + 1) * EVENTS}`)
  const report = JSON.parse(await forbruk(['audit', '--replay', '--json'], settings))
  expect(report).toMatchObject({ findings: [], rejected: String((records + 1) * EVENTS) })
}, 240_000)
