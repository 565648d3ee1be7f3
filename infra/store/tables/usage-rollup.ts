import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { count64, enumOf, safeCount, secondTime, text } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Absolute totals per block, set and never added to: migration 002. Written as columns, see column-block.ts. */
export const usageRollup = declareTable('usage_rollup', {
  clientId: text,
  hourMs: secondTime,
  integrationId: text,
  statusClass: enumOf(STATUS_CLASSES),
  stream: text,
  partition: safeCount,
  block: safeCount,
  requests: count64,
  requestBytes: count64,
  responseBytes: count64,
  lastOffset: safeCount,
})

export type UsageRollupRow = RowOf<typeof usageRollup>
