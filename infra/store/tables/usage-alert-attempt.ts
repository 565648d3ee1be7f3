import { ATTEMPT_STATES } from '@forbruk/schemas/alert/usage-alert.ts'
import { enumOf, nullable, safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** An alert's way to its webhooks: migration 052. */
export const usageAlertAttempt = declareTable('usage_alert_attempt', {
  alertId: text,
  webhook: text,
  /** From 1. */
  attempt: safeCount,
  state: enumOf(ATTEMPT_STATES),
  /** The process that makes the attempt. */
  holder: text,
  atMs: time,
  /** Of the answer; null without one. */
  status: nullable(safeCount),
  detail: text,
  /** Of a failed attempt; null when it was the last. */
  nextAttemptAtMs: nullable(time),
})
