import { text, textOrNull, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Sources that somebody said to wait for: migration 071. */
export const sourceExpectation = declareTable('source_expectation', {
  stream: text,
  source: text,
  recordedAtMs: time,
  /** The first that it is waited for; null: every month. */
  fromMonth: textOrNull,
  actor: text,
})

export type SourceExpectation = RowOf<typeof sourceExpectation>
