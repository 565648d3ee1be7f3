/**
 * Fills a data folder with a counted month: `node fill-month.ts FOLDER CLIENTS ROWS`. Usage is made inside ClickHouse,
 * as rows of the usage rollup; log, ledger and registry are the real ones, and small.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { importFolder } from '../../support/close/import-folder.ts'
import { writeRegistry } from '../write-registry.ts'

const [folder = '', clients = '', rows = ''] = process.argv.slice(2)
const CLIENTS = Number(clients)
const ROWS_PER_CLIENT = Math.floor(Number(rows) / CLIENTS)
const STREAM = 'gateway.requests'
const PARTITIONS = 8
const OFFSETS_PER_DAY = 4
const HOURS = 744
const START_S = Date.parse('2026-09-30T22:00:00Z') / 1000
const END_MS = Date.parse('2026-10-31T23:00:00Z')

mkdirSync(folder, { recursive: true })
const log = openEmbeddedLog({
  path: join(folder, 'log.sqlite'),
  topic: STREAM,
  partitionCount: PARTITIONS,
  clock: () => END_MS,
})
const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
await migrate(store, MIGRATIONS, Date.now)

await store.command(`
INSERT INTO usage_rollup
WITH
    intDiv(number, ${ROWS_PER_CLIENT}) AS client,
    intDiv((number % ${ROWS_PER_CLIENT}) * ${HOURS}, ${ROWS_PER_CLIENT}) AS hour_index,
    intDiv(hour_index, 24) * ${OFFSETS_PER_DAY} AS first_offset,
    -- One in 500 is far above the allowance.
    if(client % 500 = 7, 5000, 50) + number % 41 AS requests_in_hour
SELECT
    concat('client-', leftPad(toString(client), 6, '0')),
    toDateTime(${START_S} + hour_index * 3600, 'UTC'),
    ['shop', 'web', 'pos'][number % 3 + 1],
    if(number % 20 = 0, '4xx', '2xx'),
    '${STREAM}',
    client % ${PARTITIONS},
    first_offset,
    requests_in_hour,
    requests_in_hour * 800,
    requests_in_hour * 2000,
    first_offset + ${OFFSETS_PER_DAY - 1}
FROM numbers(${CLIENTS * ROWS_PER_CLIENT})
SETTINGS max_insert_threads = 1, max_block_size = 1000000`)
await store.command(`
INSERT INTO block_ledger
    (stream, partition, block, fold_version, block_size, window_size, first_offset, next_offset, records, events,
     requests, duplicates, rejected, marks, request_ids, request_bytes, response_bytes, first_hour, last_hour,
     fingerprint)
SELECT
    stream, partition, block, 1, ${OFFSETS_PER_DAY}, 8, block, block + ${OFFSETS_PER_DAY}, ${OFFSETS_PER_DAY},
    sum(requests), sum(requests), 0, 0, 0, 0, sum(request_bytes), sum(response_bytes), min(hour), max(hour), 0
FROM usage_rollup
GROUP BY stream, partition, block`)
await store.insert('stream', [
  {
    stream: STREAM,
    partition_count: PARTITIONS,
    block_size: OFFSETS_PER_DAY,
    window_size: 8,
    fold_version: 1,
  },
])
await store.insert(
  'source_ledger',
  Array.from({ length: PARTITIONS }, (_, partition) => ({
    stream: STREAM,
    partition,
    source: 'gw1',
    file: 'access.log',
    block: 0,
    events: 1,
    duplicates: 0,
    marks: 1,
    high_position: 1,
    events_so_far: 1,
    mark_position: 1,
    mark_events_total: 1,
    events_at_mark: 1,
    through: new Date(END_MS).toISOString(),
    format: 'nginx-json',
    last_offset: 1,
  })),
)
const days = Math.ceil(HOURS / 24)
for (let partition = 0; partition < PARTITIONS; partition++) {
  const records = Array.from({ length: days * OFFSETS_PER_DAY }, () => ({
    value: Buffer.from('counted'),
    to: { partition },
  }))
  await log.append(records)
}
writeRegistry(folder, CLIENTS)
await importFolder({ store, directory: folder, timeZone: 'Europe/Oslo', clock: Date.now })
await store.close()
await log.close()
