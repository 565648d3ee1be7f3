import { listOf, nullable, safeCount, safeInteger, text, time } from './codec.ts'
import { declareTable, type RowOf, tuple } from './table.ts'

const obstacles = listOf(tuple({ reason: text, path: text, sinceMs: time }))

/** Per block, what each source's file contributed: migrations 003, 155, 216. */
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
  obstacles,
  obstaclesTotal: safeCount,
  /** In the same row: who vouches for the source; empty while no mark has said who gave it. */
  instances: listOf(
    tuple({
      instance: text,
      host: text,
      run: text,
      sequence: safeCount,
      throughMs: time,
      heardMs: time,
      copies: safeCount,
      copiedThroughMs: time,
      obstacles,
      obstaclesTotal: safeCount,
    }),
  ),
  lastOffset: safeCount,
})

export type SourceRow = RowOf<typeof sourceLedger>
