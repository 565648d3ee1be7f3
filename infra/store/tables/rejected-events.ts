import { REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'
import { enumOf, text } from './codec.ts'
import { rejectedEvent } from './rejected-event.ts'
import { declareTable, type RowOf } from './table.ts'

/** A view: what was rejected, and what has become of it: migration 019. */
export const rejectedEvents = declareTable('rejected_events', {
  ...rejectedEvent.columns,
  state: enumOf(REJECTED_STATES),
  /** Of the waiver or the mend, and who gave it; empty while it is open. */
  stateReason: text,
  stateActor: text,
  /** Empty unless it was mended. */
  mendedClientId: text,
})

export type RejectedEventRow = RowOf<typeof rejectedEvents>
