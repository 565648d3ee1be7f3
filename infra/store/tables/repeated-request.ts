import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { bool, count64, enumOf, safeCount, secondTime, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Every occurrence of each request id that was counted more than once: migration 091. */
export const repeatedRequest = declareTable('repeated_request', {
  stream: text,
  hourMs: secondTime,
  idHash: count64,
  partition: safeCount,
  offset: safeCount,
  /** Within its record. */
  eventIndex: safeCount,
  /** Empty where it is not known. */
  requestId: text,
  appendTimeMs: time,
  source: text,
  clientId: text,
  integrationId: text,
  statusClass: enumOf(STATUS_CLASSES),
  requestBytes: safeCount,
  responseBytes: safeCount,
  /** False: the log had lost it before it could be compared with another of its hash, so nothing follows from it. */
  isKnown: bool,
})

export type RepeatedRequest = RowOf<typeof repeatedRequest>
