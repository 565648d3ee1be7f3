import type { Store } from '@forbruk/infra/store/store.ts'
import { rejectedEvents } from '@forbruk/infra/store/tables/rejected-events.ts'
import { omit, type RowOf, select } from '@forbruk/infra/store/tables/table.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { MAY_BELONG_TO_MONTH, monthParams } from './may-belong.ts'
import { IS_ANSWERED_WITH } from './read-rejected.ts'

/** Of the view, what a list shows. */
export const listedRejected = omit(rejectedEvents, 'stream', 'block', 'recordBytes', 'mendedClientId')
export type ListedRejected = RowOf<typeof listedRejected>
const { list, shape } = select(listedRejected)

/** What no append time reaches. */
const LATEST_TIME_MS = Date.UTC(2200, 0, 1)

type RejectedFilter = {
  /** Those that may belong to this month; null: of any. */
  readonly range: PeriodRange | null
  /** Null: rejected for any reason. */
  readonly reason: string | null
  /** What they were answered with; none: with anything, or nothing known. */
  readonly statuses: readonly number[]
  /** Null: of any; empty: of a gateway that sends by itself, or where no source could be read. */
  readonly source: string | null
  /** When the log got them: from then on, and before. In milliseconds since the epoch; null: whenever. */
  readonly fromMs: number | null
  readonly untilMs: number | null
  readonly limit: number
  /** The last of the page before. */
  readonly after?: RejectedPlace | null
}

type RejectedPlace = Pick<ListedRejected, 'appendTime' | 'partition' | 'offset' | 'eventIndex'>

/** Newest first, as they are listed. */
const IS_AFTER = `
(append_time < {after_time:DateTime64(3, 'UTC')}
    OR (append_time = {after_time:DateTime64(3, 'UTC')}
        AND (partition, offset, event_index)
            > ({after_partition:UInt32}, {after_offset:UInt64}, {after_index:UInt32})))`

/** Rejected events, newest first. */
export function listRejected(
  store: Store,
  stream: string,
  { range, reason, statuses, source, fromMs, untilMs, limit, after = null }: RejectedFilter,
): Promise<ListedRejected[]> {
  const inMonth = range === null ? 'stream = {stream:String}' : MAY_BELONG_TO_MONTH
  return store.query(
    `SELECT ${list} FROM rejected_events
     WHERE ${inMonth} AND ({reason:String} = '' OR reason = {reason:String}) AND ${IS_ANSWERED_WITH}
       AND (NOT {of_source:Bool} OR source = {source:String})
       AND append_time >= fromUnixTimestamp64Milli({from_ms:Int64})
       AND append_time < fromUnixTimestamp64Milli({until_ms:Int64})
       ${after === null ? '' : `AND ${IS_AFTER}`}
     ORDER BY append_time DESC, partition, offset, event_index LIMIT {limit:UInt32}`,
    shape,
    {
      ...(range === null ? { stream } : monthParams(stream, range)),
      reason: reason ?? '',
      statuses,
      of_source: source !== null,
      source: source ?? '',
      from_ms: fromMs ?? 0,
      until_ms: untilMs ?? LATEST_TIME_MS,
      limit,
      ...(after === null ? {} : placeParams(after)),
    },
  )
}

function placeParams({ appendTime, partition, offset, eventIndex }: RejectedPlace) {
  return { after_time: appendTime, after_partition: partition, after_offset: offset, after_index: eventIndex }
}
