import { count64, nullable, safeCount, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** A view: what the ledger vouches for, by partition: migration 014. */
export const ingestProgress = declareTable('ingest_progress', {
  stream: text,
  partition: safeCount,
  blocks: safeCount,
  firstOffset: safeCount,
  nextOffset: safeCount,
  records: safeCount,
  requests: safeCount,
  duplicates: safeCount,
  rejected: safeCount,
  marks: safeCount,
  requestBytes: count64,
  responseBytes: count64,
  lastAppendTimeMs: nullable(time),
})

export type IngestProgress = RowOf<typeof ingestProgress>
