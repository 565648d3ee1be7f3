import type { Store } from '@forbruk/infra/store/store.ts'
import { storedBigint } from '@forbruk/infra/store/stored-number.ts'
import {
  type BillingPeriod,
  parseBillingPeriod,
  periodDates,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { z } from 'zod'
import type { PayerRange } from '../revision/of-close.ts'
import type { StatedRevision } from './find-revision.ts'

export type DayUsage = { readonly day: string; readonly requests: bigint; readonly bytes: bigint }

const dayShape = z.object({
  client_id: z.string(),
  day: z.string(),
  requests: storedBigint,
  bytes: storedBigint,
})

const DAYS_SQL = `
SELECT
    client_id,
    toString(toDate(hour, {time_zone:String})) AS day,
    sum(requests) AS requests,
    sum(request_bytes + response_bytes) AS bytes
FROM usage_rollup FINAL
WHERE client_id IN
    (
        SELECT client_id FROM statement
        WHERE month = {month:String} AND revision = {revision:UInt32} AND close_id = {close_id:String}
            AND payer_id >= {first_payer:String} AND payer_id <= {last_payer:String}
    )
    AND stream = {stream:String}
    AND hour >= fromUnixTimestamp({start:UInt32}) AND hour < fromUnixTimestamp({end:UInt32})
GROUP BY client_id, day
ORDER BY client_id, day`

/** The use of the payers' clients by client and local day, as it is counted now; days without any are not in it. */
export async function readUsageDays(
  store: Store,
  { month, revision, closeId, proof }: StatedRevision,
  { first, last }: PayerRange,
  timeZone: string,
): Promise<Map<string, DayUsage[]>> {
  const { startMs, endMs } = periodRange(parseBillingPeriod(month), timeZone)
  const rows = await store.query(DAYS_SQL, dayShape, {
    month,
    revision,
    close_id: closeId,
    first_payer: first,
    last_payer: last,
    stream: proof.stream,
    time_zone: timeZone,
    start: startMs / 1_000,
    end: endMs / 1_000,
  })
  return Map.groupBy(rows, row => row.client_id)
}

/** Pure: one entry for each day of the month, the clients' uses added up. */
export function sumDays(period: BillingPeriod, uses: readonly DayUsage[]): DayUsage[] {
  const byDay = Map.groupBy(uses, use => use.day)
  return daysOf(period).map(day => ({
    day,
    requests: (byDay.get(day) ?? []).reduce((sum, use) => sum + use.requests, 0n),
    bytes: (byDay.get(day) ?? []).reduce((sum, use) => sum + use.bytes, 0n),
  }))
}

function daysOf(period: BillingPeriod): string[] {
  const { first, afterLast } = periodDates(period)
  const dayMs = 86_400_000
  const count = (Date.parse(afterLast) - Date.parse(first)) / dayMs
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(first) + index * dayMs).toISOString().slice(0, 10),
  )
}
