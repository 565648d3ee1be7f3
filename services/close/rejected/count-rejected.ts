import type { Store } from '@forbruk/infra/store/store.ts'
import { enumOf, safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf, type Values } from '@forbruk/infra/store/tables/table.ts'
import { REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { MAY_BELONG_TO_MONTH, monthParams } from './may-belong.ts'

const COUNTED = { reason: text, state: enumOf(REJECTED_STATES), events: safeCount }
type CountedRejected = Values<typeof COUNTED>

/** How many were rejected for each reason, by what has become of them. `range`: that may belong to this month. */
export function countRejected(
  store: Store,
  stream: string,
  range: PeriodRange | null,
): Promise<CountedRejected[]> {
  return store.query(
    `SELECT reason, state, sum(events_of) AS events
     FROM (SELECT *, events AS events_of FROM rejected_events)
     WHERE ${range === null ? 'stream = {stream:String}' : MAY_BELONG_TO_MONTH}
     GROUP BY reason, state ORDER BY reason, state`,
    shapeOf(COUNTED),
    range === null ? { stream } : monthParams(stream, range),
  )
}
