import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { hoursOf, listPeriods, PARTS, type Size, spellRows } from './month-rows.ts'

/**
 * The same rows in a plain table, in a store of its own: without versions, blocks and copies, so that it is right only
 * because nothing is ever written twice there.
 */
export async function fillPlain(folder: string, size: Size, nowMs: number): Promise<Store> {
  const store = await openStore({ kind: 'embedded', path: folder, database: 'plain' })
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
  const periods = listPeriods(size, nowMs)
  for (const period of periods) {
    for (let part = 0; part < PARTS; part++) {
      await store.command(`
INSERT INTO plain_usage
SELECT client_id, hour, integration_id, status_class, requests, request_bytes, response_bytes
FROM (${spellRows(size, periods, { period, part, nowMs })})`)
    }
    const before = new Date(hoursOf(period, nowMs).startS * 1_000).toISOString().slice(0, 7)
    await store.command(`OPTIMIZE TABLE plain_usage PARTITION ${before.replace('-', '')} FINAL`)
  }
  return store
}
