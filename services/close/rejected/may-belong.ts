import { BLOCKS_OF_RANGE, BLOCKS_WITHOUT_USAGE, rangeParams } from '@forbruk/infra/ledger/range.ts'
import type { QueryParams } from '@forbruk/infra/store/store.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { GRACE_MS } from '../gate/gate.ts'

/**
 * Rejected events that may belong to the month. The time of a request that could not be read is unknown, so the log
 * tells: it was appended between the month's start and the grace's end, or stands in a block that holds usage of the
 * month, or, later, in one that holds none at all. An event near a month's edge is listed in both months.
 */
export const MAY_BELONG_TO_MONTH = `
stream = {stream:String}
    AND
    (
        (append_time >= toDateTime({start:UInt32}, 'UTC') AND append_time < toDateTime({grace:UInt32}, 'UTC'))
        OR (partition, block) IN (${BLOCKS_OF_RANGE})
        OR (append_time >= toDateTime({start:UInt32}, 'UTC') AND (partition, block) IN (${BLOCKS_WITHOUT_USAGE}))
    )`

export function monthParams(stream: string, range: PeriodRange): QueryParams {
  return { stream, ...rangeParams(range), grace: (range.endMs + GRACE_MS) / 1_000 }
}
