import type { QueryParams, Store } from '@forbruk/infra/store/store.ts'
import { safeCount, text, textOrNull } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { GRACE_MS, type RejectedFacts } from '../gate/gate.ts'

/**
 * Rejected events that may belong to the month. The time of a request that could not be read is unknown, so the log
 * tells: it was appended between the month's start and the grace's end, or stands in a block that holds usage of the
 * month, or, later, in one that holds none at all. An event near a month's edge is listed in both months.
 */
export const MAY_BELONG_TO_MONTH = `
stream = {stream:String}
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
    )`

export function monthParams(stream: string, { startMs, endMs }: PeriodRange): QueryParams {
  return { stream, start: startMs, end: endMs, grace: endMs + GRACE_MS }
}

const factsShape = shapeOf({
  reason: text,
  events: safeCount,
  waived: safeCount,
  mended: safeCount,
  mending: safeCount,
  open: safeCount,
  example: textOrNull,
})

const REJECTED_SQL = `
SELECT
    reason,
    count() AS events,
    countIf(state = 'waived') AS waived,
    countIf(state = 'mended') AS mended,
    countIf(state = 'mending') AS mending,
    countIf(state = 'open') AS open,
    argMinIf(concat(toString(partition), ':', toString(offset), if(event_index = 0, '', concat('[', toString(event_index), ']'))),
        (partition, offset, event_index), state = 'open') AS example
FROM rejected_events
WHERE ${MAY_BELONG_TO_MONTH}
GROUP BY reason
ORDER BY reason`

export async function readRejected(
  store: Store,
  stream: string,
  range: PeriodRange,
): Promise<RejectedFacts[]> {
  return store.query(REJECTED_SQL, factsShape, monthParams(stream, range))
}

/** Why rejected events of the month were let go, and by whom. */
export type Waiver = { readonly reason: string; readonly actor: string; readonly events: number }

const waiverShape = shapeOf({ waiver: text, actor: text, events: safeCount })

export async function readWaivers(store: Store, stream: string, range: PeriodRange): Promise<Waiver[]> {
  const sql = `
SELECT state_reason AS waiver, state_actor AS actor, count() AS events
FROM rejected_events
WHERE state = 'waived' AND ${MAY_BELONG_TO_MONTH}
GROUP BY waiver, actor
ORDER BY waiver, actor`
  const rows = await store.query(sql, waiverShape, monthParams(stream, range))
  return rows.map(({ waiver: reason, ...row }) => ({ reason, ...row }))
}
