import { nullable, safeCount, safeInteger, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** A view: what each source says that it shipped, beside what arrived: migrations 015, 131, 219. */
export const sourceProgress = declareTable('source_progress', {
  stream: text,
  source: text,
  format: text,
  events: safeCount,
  duplicates: safeCount,
  eventsMarked: safeCount,
  eventsAtMark: safeCount,
  /** Below 0 when more arrived than was shipped. */
  missing: safeInteger,
  partitions: safeCount,
  /** Null until every partition has a mark. */
  throughMs: nullable(time),
})

export type SourceProgress = RowOf<typeof sourceProgress>
