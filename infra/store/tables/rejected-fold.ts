import { safeCount, text, time } from './codec.ts'
import { rejectedEvent } from './rejected-event.ts'
import { declareTable, omit, type RowOf } from './table.ts'

/** Blocks whose rejected events are kept as sums: migration 183. */
export const rejectedFold = declareTable('rejected_fold', {
  stream: text,
  partition: safeCount,
  block: safeCount,
  foldId: text,
  /** In place of how many of `rejected_event`. */
  rowsBefore: safeCount,
  rows: safeCount,
  events: safeCount,
  foldedAtMs: time,
})
export type RejectedFold = RowOf<typeof rejectedFold>

/** The sums: migration 182. */
export const rejectedSum = declareTable('rejected_sum', {
  foldId: text,
  ...omit(rejectedEvent, 'position').columns,
})
export type RejectedSum = RowOf<typeof rejectedSum>
