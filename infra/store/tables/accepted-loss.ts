import { safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** What a shipper's topic lost before it was read, and a person gave up: migration 160. */
export const acceptedLoss = declareTable('accepted_loss', {
  stream: text,
  source: text,
  file: text,
  missing: safeCount,
  reason: text,
  actor: text,
  acceptedAtMs: time,
})
