import { nullable, safeCount, safeInteger, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Sources that will ship no more: migrations 016, 215. */
export const sourceRetirement = declareTable('source_retirement', {
  stream: text,
  source: text,
  retiredAtMs: time,
  /** How far it had shipped. */
  throughMs: nullable(time),
  /** What had not arrived by then, accepted as lost. */
  missing: safeInteger,
  reason: text,
  actor: text,
  /** What had come of it by then, counted or rejected; null in rows from before it was written down. */
  events: nullable(safeCount),
})

export type SourceRetirement = RowOf<typeof sourceRetirement>
