import { count64, listOf, nullable, safeCount, secondTime, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** One row per block, written after the rows it vouches for: migrations 005, 088, 130. */
export const blockLedger = declareTable('block_ledger', {
  stream: text,
  partition: safeCount,
  /** Its name: where it begins. */
  block: safeCount,
  foldVersion: safeCount,
  blockSize: safeCount,
  windowSize: safeCount,
  /** Both null in blocks that have no limits. */
  pastMaxMs: nullable(safeCount),
  aheadMaxMs: nullable(safeCount),
  /** Null in a block before the stream grew. */
  partitionCount: nullable(safeCount),
  firstOffset: safeCount,
  nextOffset: safeCount,
  records: safeCount,
  events: safeCount,
  requests: safeCount,
  duplicates: safeCount,
  rejected: safeCount,
  marks: safeCount,
  requestIds: safeCount,
  /** Below 2^53, which the fold sees to. */
  requestBytes: safeCount,
  responseBytes: safeCount,
  firstHourMs: nullable(secondTime),
  lastHourMs: nullable(secondTime),
  firstAppendTimeMs: nullable(time),
  lastAppendTimeMs: nullable(time),
  fingerprint: count64,
  /** Rows of `request_identity`, and the sum of their hashes modulo 2^64; null below fold version 2: migration 117. */
  identities: nullable(safeCount),
  identitySum: nullable(count64),
  /** Under which they stand, in order. */
  identityHoursMs: listOf(secondTime),
  /** Of the last signed word that changed how it is counted; 0 before the first: migration 151. */
  controlSequence: safeCount,
})

export type LedgerBlock = RowOf<typeof blockLedger>
