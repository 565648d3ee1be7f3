import type { Store } from '@forbruk/infra/store/store.ts'
import { STATUS_CLASSES, type StatusClass } from '@forbruk/schemas/event/status-class.ts'
import { z } from 'zod'
import { paceStartMs } from './forecast.ts'
import type { Amounts } from './judge-usage.ts'
import type { JudgedPeriod } from './judged-periods.ts'

/** What a client did through one integration, with answers of one status class. */
export type ClientUse = {
  readonly clientId: string
  /** Empty when the gateway did not know it. */
  readonly integrationId: string
  readonly statusClass: StatusClass
  readonly requests: bigint
  readonly requestBytes: bigint
  readonly responseBytes: bigint
}

/** A client's month, and what of it was used since `paceStartMs`. */
export type ClientUses = { readonly used: readonly ClientUse[]; readonly usedRecently: readonly ClientUse[] }

/** Per partition of the counted topic, the offset below which everything is counted. */
export type Positions = readonly number[]

export async function readPositions(
  store: Store,
  stream: string,
  partitionCount: number,
): Promise<Positions> {
  const sql = `SELECT partition, max(next_offset) AS next_offset FROM block_ledger WHERE stream = {stream:String} GROUP BY partition`
  const rows = await store.query(sql, positionShape, { stream })
  const nextOffsets = new Map(rows.map(row => [row.partition, row.next_offset]))
  return Array.from({ length: partitionCount }, (_, partition) => nextOffsets.get(partition) ?? 0)
}

const positionShape = z.object({ partition: z.number(), next_offset: z.coerce.number() })

export type UsageQuestion = {
  readonly stream: string
  readonly period: JudgedPeriod
  readonly nowMs: number
  readonly allowance: Amounts
  /** Only clients with usage that was written at or past these offsets. */
  readonly changedSince: Positions
}

/**
 * The clients, by id, that may have reached the lowest level or be on their way to it: by all that they used, whether it
 * counts or not, and so never one too few. The store adds up and leaves out; of 100 000 clients few come back.
 */
export async function readClientsToJudge(store: Store, question: UsageQuestion): Promise<string[]> {
  const { stream, period, nowMs, allowance, changedSince } = question
  const paceMs = paceStartMs(period.startMs, nowMs)
  const rest = period.isOver ? 0 : (period.endMs - nowMs) / Math.max(1, nowMs - paceMs)
  const rows = await store.query(CLIENTS_SQL, z.object({ client_id: z.string() }), {
    stream,
    start: period.startMs / 1000,
    end: period.endMs / 1000,
    pace: paceMs / 1000,
    rest,
    changed_since: changedSince,
    requests_min: (Number(allowance.requests) / 2) * ROUNDING,
    bytes_min: (Number(allowance.bytes) / 2) * ROUNDING,
  })
  return rows.map(row => row.client_id)
}

/** Doubles are exact to one in 10^15; a client too many costs nothing. */
const ROUNDING = 0.999999

const IN_MONTH = `
stream = {stream:String}
AND hour >= toDateTime({start:UInt32}, 'UTC') AND hour < toDateTime({end:UInt32}, 'UTC')`
const IS_RECENT = `hour >= toDateTime({pace:UInt32}, 'UTC')`

/** A row's last_offset tells when it was written: see the block protocol. */
const CLIENTS_SQL = `
SELECT client_id
FROM usage_rollup FINAL
WHERE ${IN_MONTH} AND client_id IN
(
    SELECT client_id
    FROM usage_rollup
    WHERE ${IN_MONTH} AND last_offset >= arrayElement({changed_since:Array(UInt64)}, partition + 1)
)
GROUP BY client_id
HAVING
    sum(requests) + sumIf(requests, ${IS_RECENT}) * {rest:Float64} >= {requests_min:Float64}
    OR sum(request_bytes + response_bytes) + sumIf(request_bytes + response_bytes, ${IS_RECENT}) * {rest:Float64}
        >= {bytes_min:Float64}
ORDER BY client_id`

/** What these clients did in the month, by client id. */
export async function readClientUses(
  store: Store,
  { stream, period, nowMs }: Pick<UsageQuestion, 'stream' | 'period' | 'nowMs'>,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, ClientUses>> {
  const rows = await store.query(USES_SQL, useShape, {
    stream,
    start: period.startMs / 1000,
    end: period.endMs / 1000,
    pace: paceStartMs(period.startMs, nowMs) / 1000,
    clients: clientIds,
  })
  const byClient = Map.groupBy(rows, row => row.used.clientId)
  return new Map(
    [...byClient].map(([clientId, ofClient]) => [
      clientId,
      { used: ofClient.map(row => row.used), usedRecently: ofClient.map(row => row.usedRecently) },
    ]),
  )
}

const sum = z.string().regex(/^\d+$/).transform(BigInt)
const useShape = z
  .object({
    client_id: z.string(),
    integration_id: z.string(),
    status_class: z.enum(STATUS_CLASSES),
    sums: z.tuple([sum, sum, sum]),
    recent_sums: z.tuple([sum, sum, sum]),
  })
  .transform(row => {
    const use = (sums: readonly [bigint, bigint, bigint]): ClientUse => ({
      clientId: row.client_id,
      integrationId: row.integration_id,
      statusClass: row.status_class,
      requests: sums[0],
      requestBytes: sums[1],
      responseBytes: sums[2],
    })
    return { used: use(row.sums), usedRecently: use(row.recent_sums) }
  })

const USES_SQL = `
SELECT
    client_id,
    integration_id,
    status_class,
    [sum(requests), sum(request_bytes), sum(response_bytes)] AS sums,
    [
        sumIf(requests, ${IS_RECENT}),
        sumIf(request_bytes, ${IS_RECENT}),
        sumIf(response_bytes, ${IS_RECENT})
    ] AS recent_sums
FROM usage_rollup FINAL
WHERE ${IN_MONTH} AND client_id IN {clients:Array(String)}
GROUP BY client_id, integration_id, status_class
ORDER BY client_id, integration_id, status_class`
