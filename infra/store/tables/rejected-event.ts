import { nullable, safeCount, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** What could not be counted, and where it stands in the log; never the raw record: migrations 004, 089, 140. */
export const rejectedEvent = declareTable('rejected_event', {
  stream: text,
  partition: safeCount,
  offset: safeCount,
  /** Within its record. */
  eventIndex: safeCount,
  block: safeCount,
  appendTimeMs: time,
  /** Of what was rejected for its time. */
  eventTimeMs: nullable(time),
  /** Of a sum the latest one: its events may be of all months between. */
  eventTimeLastMs: nullable(time),
  reason: text,
  detail: text,
  source: text,
  file: text,
  position: nullable(safeCount),
  excerpt: text,
  recordBytes: safeCount,
  /** So many of its record, alike, from `eventIndex` on; 1 for an event by itself. */
  events: safeCount,
  /** Of them, those that name a source or a file. */
  eventsOfSources: safeCount,
})

export type RejectedRow = RowOf<typeof rejectedEvent>
