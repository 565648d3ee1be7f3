import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { type BillingPeriod, periodDates, periodRange } from '../billing-period.ts'
import { storedBigint } from '../stored-number.ts'

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
WHERE client_id IN {client_ids:Array(String)} AND stream = {stream:String}
    AND hour >= fromUnixTimestamp({start:UInt32}) AND hour < fromUnixTimestamp({end:UInt32})
GROUP BY client_id, day
ORDER BY client_id, day`

/** The clients' use of the month by local day, as it is counted now; days without any are not in it. */
export async function readUsageDays(
  store: Store,
  stream: string,
  period: BillingPeriod,
  timeZone: string,
  clientIds: readonly string[],
): Promise<Map<string, DayUsage[]>> {
  if (clientIds.length === 0) return new Map()
  const { startMs, endMs } = periodRange(period, timeZone)
  const rows = await store.query(DAYS_SQL, dayShape, {
    client_ids: clientIds,
    stream,
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
