import { nullable, safeInteger, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Sources that will ship no more: migration 016. */
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
})

export type SourceRetirement = RowOf<typeof sourceRetirement>
