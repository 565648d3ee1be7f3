import { REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'
import { countText, enumOf, nullable, safeCount, text, textOrNull, timeText } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Rejected events as they are shown, and what became of each: migration 019. */
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
  state: enumOf(REJECTED_STATES),
  stateReason: textOrNull,
  stateActor: textOrNull,
  mendedClientId: textOrNull,
})
export type ShownRejected = RowOf<typeof rejectedEvents>
