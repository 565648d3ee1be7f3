import { listOf, nullable, safeCount, safeInteger, text, time } from './codec.ts'
import { declareTable, type RowOf, tuple } from './table.ts'

/** Per block, what each source's file contributed: migrations 003, 155. */
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
  /** In the row of the file without a name: what the source's newest mark says stands in its way. */
  obstacles: listOf(tuple({ reason: text, path: text, sinceMs: time })),
  obstaclesTotal: safeCount,
  lastOffset: safeCount,
})

export type SourceRow = RowOf<typeof sourceLedger>
