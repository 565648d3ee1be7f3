import { isoTime, listOf, nullable, safeCount, text, textOrNull } from './codec.ts'
import { declareTable } from './table.ts'

/** Standing rules for rejected events: migration 098. */
export const rejectedRule = declareTable('rejected_rule', {
  stream: text,
  name: text,
  addedAt: isoTime,
  reasonCode: text,
  statuses: listOf(safeCount),
  source: textOrNull,
  format: textOrNull,
  eventsMax: nullable(safeCount),
  sharePercentMax: textOrNull,
  fromMonth: text,
  untilMonth: textOrNull,
  reason: text,
  actor: text,
})

/** By which they end: migration 099. */
export const rejectedRuleEnd = declareTable('rejected_rule_end', {
  stream: text,
  name: text,
  endedAt: isoTime,
  untilMonth: text,
  reason: text,
  actor: text,
})
