import { safeCount, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Offsets [fromOffset, toOffset) that an operator gave up: migration 006. */
export const acceptedGap = declareTable('accepted_gap', {
  stream: text,
  partition: safeCount,
  fromOffset: safeCount,
  toOffset: safeCount,
  reason: text,
  acceptedAtMs: time,
})

export type AcceptedGap = RowOf<typeof acceptedGap>
