import { safeCount, text } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** One row per topic that is counted: how each of its partitions begins to be counted: migration 001. */
export const stream = declareTable('stream', {
  stream: text,
  partitionCount: safeCount,
  blockSize: safeCount,
  windowSize: safeCount,
  foldVersion: safeCount,
})

export type StoredStream = RowOf<typeof stream>
