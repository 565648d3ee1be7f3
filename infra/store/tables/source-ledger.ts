import { nullable, safeCount, safeInteger, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Per block, what each source's file contributed: migration 003. */
export const sourceLedger = declareTable('source_ledger', {
  stream: text,
  partition: safeCount,
  source: text,
  /** Empty for a gateway that sends by itself. */
  file: text,
  block: safeCount,
  events: safeCount,
  duplicates: safeCount,
  marks: safeCount,
  /** -1 when there is none. */
  highPosition: safeInteger,
  eventsSoFar: safeCount,
  markPosition: safeCount,
  markEventsTotal: safeCount,
  eventsAtMark: safeCount,
  throughMs: nullable(time),
  format: text,
  lastOffset: safeCount,
})

export type SourceRow = RowOf<typeof sourceLedger>
