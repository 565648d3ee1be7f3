import {
  BLOCKS_OF_RANGE,
  BLOCKS_WITHOUT_USAGE,
  REJECTED_FOR_TIME,
  REJECTED_FOR_TIME_OF_RANGE,
  rangeParams,
} from '@forbruk/infra/ledger/blocks/range.ts'
import type { QueryParams } from '@forbruk/infra/store/store.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { GRACE_MS } from '../gate/gate.ts'

const APPENDED_SINCE_START = "append_time >= toDateTime({start:UInt32}, 'UTC')"

/**
 * Rejected events that may belong to the month: what was appended between its start and the grace's end. And of a
 * request whose time could be read but not be believed, the month of that time. Where no time could be read the log
 * tells: the event stands in a block that holds usage of the month, or, later, in one that holds none at all. An event
 * near a month's edge is listed in both months.
 */
export const MAY_BELONG_TO_MONTH = `
stream = {stream:String}
    AND
    (
        (${APPENDED_SINCE_START} AND append_time < toDateTime({grace:UInt32}, 'UTC'))
        OR (partition, offset, event_index) IN (${REJECTED_FOR_TIME_OF_RANGE})
        OR
        (
            (partition, offset, event_index) NOT IN (${REJECTED_FOR_TIME})
            AND
            (
                (partition, block) IN (${BLOCKS_OF_RANGE})
                OR (${APPENDED_SINCE_START} AND (partition, block) IN (${BLOCKS_WITHOUT_USAGE}))
            )
        )
    )`

export function monthParams(stream: string, range: PeriodRange): QueryParams {
  return { stream, ...rangeParams(range), grace: (range.endMs + GRACE_MS) / 1_000 }
}
