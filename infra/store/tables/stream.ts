import { nullable, safeCount, text } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** One row per topic that is counted: how each of its partitions begins to be counted: migrations 001, 089. */
export const stream = declareTable('stream', {
  stream: text,
  partitionCount: safeCount,
  blockSize: safeCount,
  windowSize: safeCount,
  foldVersion: safeCount,
  /** As in the block ledger. */
  pastMaxMs: nullable(safeCount),
  aheadMaxMs: nullable(safeCount),
})

export type StoredStream = RowOf<typeof stream>
