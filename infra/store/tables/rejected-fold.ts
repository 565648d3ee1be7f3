import { FOLD_STEPS, REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'
import { enumOf, safeCount, text, time } from './codec.ts'
import { rejectedEvent } from './rejected-event.ts'
import { declareTable, omit, type RowOf } from './table.ts'

/** What was done to keep the rejected events of blocks as sums: migration 183. */
export const rejectedFold = declareTable('rejected_fold', {
  stream: text,
  partition: safeCount,
  block: safeCount,
  /** From 0 on; each is taken once. */
  turn: safeCount,
  step: enumOf(FOLD_STEPS),
  /** Of the sums; empty where it has begun. */
  foldId: text,
  /** So many mends and waivers of the block there were before its sums were read. */
  words: safeCount,
  /** In place of how many of `rejected_event`. */
  rowsBefore: safeCount,
  rows: safeCount,
  events: safeCount,
  takenAtMs: time,
})
export type RejectedFold = RowOf<typeof rejectedFold>

/** The sums: migration 182. */
export const rejectedSum = declareTable('rejected_sum', {
  foldId: text,
  ...omit(rejectedEvent, 'position').columns,
  state: enumOf(REJECTED_STATES),
  stateReason: text,
  stateActor: text,
  mendedClientId: text,
})
export type RejectedSum = RowOf<typeof rejectedSum>
