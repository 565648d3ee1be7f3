import { count64, date, listOf, safeCount, text, time, uuid } from './codec.ts'
import { declareTable, type RowOf, tuple } from './table.ts'

/** What stands of a month in `usage_settled` under its settlement. */
const settledMonth = {
  /** The month's first day, Europe/Oslo. */
  firstDay: date,
  settlement: uuid,
  rows: safeCount,
  requests: count64,
  requestBytes: count64,
  responseBytes: count64,
  /** Of the rows, in whatever order. */
  contentHash: count64,
}

/** How far usage is settled: migration 192. */
export const usageSettlement = declareTable('usage_settlement', {
  stream: text,
  sequence: safeCount,
  /** By partition: blocks that begin below are settled. Empty: none. */
  cut: listOf(safeCount),
  months: listOf(tuple(settledMonth)),
  settledAtMs: time,
})

export type UsageSettlement = RowOf<typeof usageSettlement>
export type SettledMonth = UsageSettlement['months'][number]
