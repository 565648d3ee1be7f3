import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import type { PeriodRange } from './billing-period.ts'
import { GRACE_MS } from './gate.ts'
import { storedCount } from './stored-number.ts'

export type RejectedCount = { readonly reason: string; readonly events: number }

const rowShape: z.ZodType<RejectedCount> = z.object({ reason: z.string(), events: storedCount })

/**
 * Rejected events that may belong to the month, by reason. The time of a request that could not be read is unknown, so
 * the log tells: it was appended between the month's start and the grace's end, or stands in a block that holds usage
 * of the month, or, later, in one that holds none at all. An event near a month's edge is listed in both months.
 */
const SQL = `
SELECT reason, count() AS events
FROM rejected_event FINAL
WHERE stream = {stream:String}
    AND
    (
        (append_time >= fromUnixTimestamp64Milli({start:Int64}) AND append_time < fromUnixTimestamp64Milli({grace:Int64}))
        OR (partition, block) IN
        (
            SELECT partition, block
            FROM block_ledger FINAL
            WHERE stream = {stream:String}
                AND toUnixTimestamp(first_hour) * 1000 < {end:Int64}
                AND toUnixTimestamp(last_hour) * 1000 >= {start:Int64}
        )
        OR (append_time >= fromUnixTimestamp64Milli({start:Int64}) AND (partition, block) IN
        (
            SELECT partition, block
            FROM block_ledger FINAL
            WHERE stream = {stream:String} AND first_hour IS NULL
        ))
    )
GROUP BY reason
ORDER BY reason`

export async function readRejected(
  store: Store,
  stream: string,
  { startMs, endMs }: PeriodRange,
): Promise<RejectedCount[]> {
  return store.query(SQL, rowShape, { stream, start: startMs, end: endMs, grace: endMs + GRACE_MS })
}
