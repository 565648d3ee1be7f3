import type { Store } from '@forbruk/infra/store/store.ts'
import { rejectedEvents } from '@forbruk/infra/store/tables/rejected-events.ts'
import { omit, type RowOf, select } from '@forbruk/infra/store/tables/table.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { MAY_BELONG_TO_MONTH, monthParams } from './may-belong.ts'

/** Of the view, what a list shows. */
export const listedRejected = omit(rejectedEvents, 'stream', 'block', 'recordBytes', 'mendedClientId')
export type ListedRejected = RowOf<typeof listedRejected>
const { list, shape } = select(listedRejected)

type RejectedFilter = {
  /** Those that may belong to this month; null: of any. */
  readonly range: PeriodRange | null
  /** Null: rejected for any reason. */
  readonly reason: string | null
  readonly limit: number
}

/** Rejected events, newest first. */
export function listRejected(
  store: Store,
  stream: string,
  { range, reason, limit }: RejectedFilter,
): Promise<ListedRejected[]> {
  const inMonth = range === null ? 'stream = {stream:String}' : MAY_BELONG_TO_MONTH
  return store.query(
    `SELECT ${list} FROM rejected_events
     WHERE ${inMonth} AND ({reason:String} = '' OR reason = {reason:String})
     ORDER BY append_time DESC, partition, offset, event_index LIMIT {limit:UInt32}`,
    shape,
    { ...(range === null ? { stream } : monthParams(stream, range)), reason: reason ?? '', limit },
  )
}
