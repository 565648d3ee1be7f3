import { count64, safeCount, secondTime, text } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Where each counted request id stands, under the hour of its event: migration 090. Written as columns. */
export const requestIdentity = declareTable('request_identity', {
  stream: text,
  hourMs: secondTime,
  idHash: count64,
  partition: safeCount,
  offset: safeCount,
  /** Within its record. */
  eventIndex: safeCount,
})

export type RequestIdentity = RowOf<typeof requestIdentity>
