import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { afterAll, expect, test } from 'vitest'
import { forbruk } from '../support/process/run-forbruk.ts'

const folder = mkdtempSync(join(tmpdir(), 'forbruk-audit-folded-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TOPIC = 'gateway.requests'
const BLOCK_RECORDS = 8
const settings = { FORBRUK_DATA_DIR: folder, LOG_LEVEL: 'warn', FORBRUK_REJECTED_ROWS: '1' }

/** A stream of small blocks, each of which is whole once another follows. */
async function fill(records: number): Promise<void> {
  const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
  await migrate(store, MIGRATIONS, Date.now)
  const sizes = { block_size: BLOCK_RECORDS, window_size: BLOCK_RECORDS, fold_version: 2 }
  await store.insert('stream', [{ stream: TOPIC, partition_count: 2, ...sizes }])
  await store.close()
  const path = join(folder, 'log.sqlite')
  const log = openEmbeddedLog({ path, topic: TOPIC, partitionCount: 2, clock: Date.now })
  const value = Buffer.from('[{},{},{}]')
  await log.append(Array.from({ length: records }, () => ({ value, to: { partition: 0 } })))
  await log.close()
}

const audit = async () => JSON.parse(await forbruk(['audit', '--replay', '--json'], settings))

test('a replay finds what it found before the settled events were added up', async () => {
  await fill(3 * BLOCK_RECORDS)
  await forbruk(['aggregate', '--until-caught-up'], settings)
  const month = new Date().toISOString().slice(0, 7)
  const which = ['--reason-code', 'event_malformed', '--month', month]
  await forbruk(['rejected', 'waive', ...which, '--reason', 'none'], settings)
  const before = await audit()
  expect(before).toMatchObject({ findings: [], rejected: String(9 * BLOCK_RECORDS) })
  const compacted = JSON.parse(await forbruk(['rejected', 'compact', '--json'], settings))
  expect(compacted.blocks).toBeGreaterThan(0)
  const { findings, rejected } = await audit()
  expect({ findings, rejected }).toEqual({ findings: before.findings, rejected: before.rejected })
  const sum = "SELECT sum(events) FROM rejected_events WHERE state = 'waived'"
  expect((await forbruk(['sql', sum, '--format', 'TSV'], settings)).trim()).toBe(before.rejected)
}, 600_000)
