import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { count64, date, enumOf, text, uuid } from './codec.ts'
import { declareTable } from './table.ts'

const SUMS = { requests: count64, requestBytes: count64, responseBytes: count64 }

/** What clients did in a month, in blocks that are complete: migration 193. Written where it lies. */
export const usageSettled = declareTable('usage_settled', {
  settlement: uuid,
  stream: text,
  clientId: text,
  /** Of the month. */
  firstDay: date,
  integrationId: text,
  statusClass: enumOf(STATUS_CLASSES),
  ...SUMS,
})

/** The same of each day and all clients: migration 194. */
export const usageSettledDay = declareTable('usage_settled_day', {
  settlement: uuid,
  stream: text,
  day: date,
  ...SUMS,
})
