import { safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** Where an alert stands on the alerts topic: migration 051. */
export const usageAlertPublished = declareTable('usage_alert_published', {
  alertId: text,
  topic: text,
  partition: safeCount,
  offset: safeCount,
  publishedAtMs: time,
})
