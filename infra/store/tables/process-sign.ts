import { bool, listOf, safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** That a process lives, and what it counts: migration 135. */
export const processSign = declareTable('process_sign', {
  stream: text,
  process: text,
  sequence: safeCount,
  isLeaving: bool,
  held: listOf(safeCount),
  /** By the store's clock, which is the same for all. */
  toldAtMs: time,
})
