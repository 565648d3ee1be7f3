/**
 * Fills a data folder with counted months, the newest of them the running one: `node fill-months.ts FOLDER MONTHS ROWS
 * CLIENTS NOW`. Usage is made inside ClickHouse, as rows of the rollup that the ledger vouches for, and settled as
 * `forbruk up` does it. Log, registry and the close of the month before are the real ones; what that close has is put
 * under the older months too.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settleUsage } from '@forbruk/aggregator/settle/settle-usage.ts'
import { closeMonth } from '@forbruk/close/close.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { DEFAULT_TARIFF_URL, readTariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { importFolder } from '../../support/close/import-folder.ts'
import { writeRegistry } from '../write-registry.ts'
import {
  countDays,
  hoursOf,
  listPeriods,
  OFFSETS_PER_DAY,
  PARTITIONS,
  PARTS,
  type Size,
  STREAM,
  spellRows,
  ZONE,
} from './month-rows.ts'

const [folder = '', months = '', rows = '', clients = '', now = ''] = process.argv.slice(2)
const size: Size = { months: Number(months), rowsPerMonth: Number(rows), clients: Number(clients) }
const nowMs = Number(now)
const periods = listPeriods(size, nowMs)

mkdirSync(folder, { recursive: true })
const log = openEmbeddedLog({
  path: join(folder, 'log.sqlite'),
  topic: STREAM,
  partitionCount: PARTITIONS,
  clock: () => nowMs,
})
const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
await migrate(store, MIGRATIONS, Date.now)
await addMonths()
await addLedger()
await appendRecords()
writeRegistry(folder, size.clients)
await importFolder({ store, directory: folder, timeZone: ZONE, clock: Date.now })
await closeMonths()
const settledAtMs = performance.now()
while ((await settleUsage({ store, stream: STREAM, newId: randomUUID, clock: Date.now })) === 'settled');
const settleSeconds = Math.round((performance.now() - settledAtMs) / 1_000)
const sums = await store.queryText(
  `SELECT toString(sum(requests)), toString(count()),
     (SELECT toString(sum(bytes_on_disk)) FROM system.parts WHERE active AND database = currentDatabase())
   FROM usage_rollup`,
  'JSONCompactEachRow',
)
process.stdout.write(JSON.stringify({ sums: JSON.parse(sums), settleSeconds }))
await store.close()
await log.close()

/** A closed month is merged, as the store does by itself an hour after its last row. */
async function addMonths(): Promise<void> {
  for (const period of periods) {
    for (let part = 0; part < PARTS; part++)
      await store.command(`INSERT INTO usage_rollup ${spellRows(size, periods, { period, part, nowMs })}`)
    const { startS } = hoursOf(period, nowMs)
    const before = new Date(startS * 1_000).toISOString().slice(0, 7)
    await store.command(`OPTIMIZE TABLE usage_rollup PARTITION ${before.replace('-', '')} FINAL`)
  }
}

async function addLedger(): Promise<void> {
  await store.command(`
INSERT INTO block_ledger
    (stream, partition, block, fold_version, block_size, window_size, first_offset, next_offset, records, events,
     requests, duplicates, rejected, marks, request_ids, request_bytes, response_bytes, first_hour, last_hour,
     first_append_time, last_append_time, fingerprint)
SELECT
    stream, partition, block, 1, ${OFFSETS_PER_DAY}, 8, block, block + ${OFFSETS_PER_DAY}, ${OFFSETS_PER_DAY},
    sum(requests), sum(requests), 0, 0, 0, 0, sum(request_bytes), sum(response_bytes), min(hour), max(hour),
    min(hour), max(hour), 0
FROM usage_rollup
GROUP BY stream, partition, block`)
  await store.insert('stream', [
    {
      ...{ stream: STREAM, partition_count: PARTITIONS, block_size: OFFSETS_PER_DAY },
      ...{ window_size: 8, fold_version: 1 },
    },
  ])
  await store.insert(
    'source_ledger',
    Array.from({ length: PARTITIONS }, (_, partition) => ({
      ...{ stream: STREAM, partition, source: 'gw1', file: 'access.log', block: 0, events: 1, duplicates: 0 },
      ...{ marks: 1, high_position: 1, events_so_far: 1, mark_position: 1, mark_events_total: 1 },
      ...{ events_at_mark: 1, through: new Date(nowMs).toISOString(), format: 'nginx-json', last_offset: 1 },
    })),
  )
}

/** As many as the ledger's offsets. */
async function appendRecords(): Promise<void> {
  const length = countDays(periods, nowMs) * OFFSETS_PER_DAY
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const record = { value: Buffer.from('counted'), to: { partition } }
    await log.append(Array.from({ length }, () => record))
  }
}

async function closeMonths(): Promise<void> {
  const closed = periods.at(-2)
  if (closed === undefined) return
  const tariff = readTariff(readFileSync(DEFAULT_TARIFF_URL, 'utf8'), 'default')
  await closeMonth({ store, log, tariff, period: closed, clock: () => nowMs })
  for (const { month } of periods.slice(0, -2)) {
    for (const table of ['statement', 'statement_line', 'month_close']) {
      await store.command(`
INSERT INTO ${table} SELECT * REPLACE ('${month}' AS month) FROM ${table} WHERE month = '${closed.month}'`)
    }
  }
}
