import type { Store } from '@forbruk/infra/store/store.ts'

type Month = {
  /** From 0 on, the oldest. */
  readonly month: number
  readonly rows: number
  /** Still written to: its parts are left as they were inserted. */
  readonly isOpen: boolean
}

const FIRST_YEAR = 2021
const CLIENTS = 100_000
const PARTS = 4

/** Where a month of Europe/Oslo begins, for SQL. */
export function startOf(month: number): string {
  return `toDateTime('${nameOf(month)}-01 00:00:00', 'Europe/Oslo')`
}

export function nameOf(month: number): string {
  const number = String((month % 12) + 1).padStart(2, '0')
  return `${FIRST_YEAR + Math.floor(month / 12)}-${number}`
}

/** The plain table has what the rollup adds up, without versions, blocks and copies: exact only as filled here. */
export async function makeTables(store: Store): Promise<void> {
  await store.command(`
CREATE TABLE plain_usage
(
    client_id String,
    hour DateTime('UTC'),
    integration_id String,
    status_class Enum8('2xx' = 2, '4xx' = 4),
    requests UInt64,
    request_bytes UInt64,
    response_bytes UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (client_id, hour, integration_id, status_class)`)
}

/** A month's usage into both tables. What was open before is closed: merged, as the store does by itself in an hour. */
export async function addMonth(store: Store, { month, rows, isOpen }: Month): Promise<void> {
  const range = `${startOf(month)} AS start, dateDiff('hour', start, ${startOf(month + 1)}) AS hours`
  for (let part = 0; part < PARTS; part++) {
    await store.command(`
INSERT INTO usage_rollup
WITH ${range}, number + ${part * Math.floor(rows / PARTS)} AS row, cityHash64(row) % ${CLIENTS} AS client
SELECT
    concat('client-', leftPad(toString(client), 6, '0')),
    start + cityHash64(row, 'hour') % hours * 3600,
    ['shop', 'web', 'pos', 'bi'][(client + if(cityHash64(row, 'integration') % 4 = 0, 1, 0)) % 4 + 1],
    if(cityHash64(row, 'status') % 20 = 0, '4xx', '2xx'),
    'gateway.requests',
    client % 8,
    ${month * 1_000_000} + row,
    1 + cityHash64(row, 'requests') % 50,
    200 + cityHash64(row, 'sent') % 5000,
    1000 + cityHash64(row, 'received') % 100000,
    ${month * 1_000_000} + row
FROM numbers(${Math.floor(rows / PARTS)})`)
  }
  await store.command(`
INSERT INTO plain_usage
SELECT client_id, hour, integration_id, CAST(status_class, 'String'), requests, request_bytes, response_bytes
FROM usage_rollup WHERE hour >= ${startOf(month)} AND hour < ${startOf(month + 1)}`)
  if (isOpen) return
  for (const table of ['usage_rollup', 'plain_usage']) {
    for (const partition of [month - 1, month].filter(each => each >= 0))
      await store.command(`OPTIMIZE TABLE ${table} PARTITION ${nameOf(partition).replace('-', '')} FINAL`)
  }
}
