import { safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** Rejected events that are let go: migration 017. */
export const rejectedWaiver = declareTable('rejected_waiver', {
  stream: text,
  partition: safeCount,
  offset: safeCount,
  eventIndex: safeCount,
  reason: text,
  actor: text,
  waivedAtMs: time,
})
