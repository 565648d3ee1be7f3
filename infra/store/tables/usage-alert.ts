import {
  ALERT_KINDS,
  ALERT_LEVELS,
  ALERT_METRICS,
  DELIVERY_STATES,
} from '@forbruk/schemas/alert/usage-alert.ts'
import {
  count64,
  countText,
  enumOf,
  listOf,
  nullable,
  numberOf,
  safeCount,
  text,
  time,
  timeText,
} from './codec.ts'
import { declareTable, tuple } from './table.ts'

const said = {
  alertId: text,
  stream: text,
  clientId: text,
  month: text,
  metric: enumOf(ALERT_METRICS),
  kind: enumOf(ALERT_KINDS),
  level: numberOf(ALERT_LEVELS),
  used: count64,
  allowance: count64,
  forecast: nullable(count64),
}

/** What was raised, once, before it is sent anywhere: migration 050. */
export const usageAlert = declareTable('usage_alert', {
  ...said,
  raisedAtMs: time,
  periodStartMs: time,
  periodEndMs: time,
  /** The alert can't stand before this offset of its partition of the alerts topic. */
  logStart: safeCount,
})

/** Alerts as they are shown, and how far each has come: migration 053. */
export const usageAlerts = declareTable('usage_alerts', {
  ...said,
  raisedAt: timeText,
  periodStart: timeText,
  periodEnd: timeText,
  publishedAt: nullable(timeText),
  topic: text,
  partition: nullable(safeCount),
  offset: nullable(countText),
  webhooks: listOf(
    tuple({ webhook: text, state: enumOf(DELIVERY_STATES), attempts: safeCount, detail: text }),
  ),
})
