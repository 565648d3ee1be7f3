import { REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'
import { countText, enumOf, nullable, safeCount, text, timeText } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** A view, for showing: what was rejected, and what has become of it: migration 141. */
export const rejectedEvents = declareTable('rejected_events', {
  stream: text,
  partition: safeCount,
  offset: safeCount,
  eventIndex: safeCount,
  block: safeCount,
  appendTime: timeText,
  reason: text,
  detail: text,
  source: text,
  file: text,
  position: nullable(countText),
  excerpt: text,
  recordBytes: safeCount,
  /** That the row stands for, of its record, from `eventIndex` on. */
  events: safeCount,
  state: enumOf(REJECTED_STATES),
  /** Of the waiver or the mend, and who gave it; empty while it is open. */
  stateReason: text,
  stateActor: text,
  /** Empty unless it was mended. */
  mendedClientId: text,
})
export type RejectedEventRow = RowOf<typeof rejectedEvents>
