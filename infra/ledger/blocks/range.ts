import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { LedgerBlock } from '../../store/tables/block-ledger.ts'

/** For the SQL below. Both ends are whole hours, in seconds since the epoch. */
export function rangeParams({ startMs, endMs }: PeriodRange) {
  return { start: startMs / 1_000, end: endMs / 1_000 }
}

/** Usage of the range: its hour lies in it. */
export const IN_RANGE = `hour >= toDateTime({start:UInt32}, 'UTC') AND hour < toDateTime({end:UInt32}, 'UTC')`

/** Of a block, where it may hold usage of the range; null where it holds none at all. `touchesRange` says the same. */
export const TOUCHES_RANGE = `
first_hour < toDateTime({end:UInt32}, 'UTC') AND last_hour >= toDateTime({start:UInt32}, 'UTC')`

/** The places (partition, block) of the blocks that may hold usage of the range. */
export const BLOCKS_OF_RANGE = `
SELECT partition, block FROM block_ledger FINAL WHERE stream = {stream:String} AND ${TOUCHES_RANGE}`

/** The places of the blocks that hold no usage at all. */
export const BLOCKS_WITHOUT_USAGE = `
SELECT partition, block FROM block_ledger FINAL WHERE stream = {stream:String} AND first_hour IS NULL`

/** How far the times of a block's events may be from its log's; null where there was no limit. */
export const LIMITS_OF_BLOCKS = `
SELECT partition, block, past_max_ms, ahead_max_ms FROM block_ledger FINAL WHERE stream = {stream:String}`

/** The places of rejected events whose time could be read, and not be believed. */
export const REJECTED_FOR_TIME = `
SELECT partition, offset, event_index FROM rejected_stored WHERE stream = {stream:String} AND event_time IS NOT NULL`

/** Those whose time, or one of whose times, may lie in the range. */
export const REJECTED_FOR_TIME_OF_RANGE = `${REJECTED_FOR_TIME}
    AND event_time_last >= toDateTime({start:UInt32}, 'UTC') AND event_time < toDateTime({end:UInt32}, 'UTC')`

/** Pure. */
export function touchesRange(
  { firstHourMs, lastHourMs }: Pick<LedgerBlock, 'firstHourMs' | 'lastHourMs'>,
  { startMs, endMs }: PeriodRange,
): boolean {
  return firstHourMs !== null && lastHourMs !== null && firstHourMs < endMs && lastHourMs >= startMs
}
