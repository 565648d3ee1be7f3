import { z } from 'zod'
import { ALERT_KINDS, ALERT_LEVELS, ALERT_METRICS, alertIdOf, type UsageAlert } from '../alert/usage-alert.ts'
import { encodeSingleObject, loadWireType, readSingleObject } from './single-object.ts'

/** A month's bytes can pass 2^53. */
const usageAlertV1 = loadWireType('usage-alert.v1.avsc', { bigints: true })

const alertShape = z.object({
  alertId: z.string(),
  stream: z.string(),
  clientId: z.string(),
  month: z.string(),
  metric: z.enum(ALERT_METRICS),
  kind: z.enum(ALERT_KINDS),
  level: z.literal(ALERT_LEVELS),
  used: z.bigint(),
  allowance: z.bigint(),
  forecast: z.bigint().nullable(),
  raisedAtMs: z.int(),
  periodStartMs: z.int(),
  periodEndMs: z.int(),
})

/** An alert as a record's value: Avro, single-object encoding. */
export function encodeUsageAlert(alert: UsageAlert): Buffer {
  return encodeSingleObject(usageAlertV1, alert)
}

/** The alert in a record's value; null when it holds none of ours. */
export function decodeUsageAlert(value: Buffer | null): UsageAlert | null {
  const alert = readSingleObject(usageAlertV1, alertShape, value)
  if (alert === null) return null
  const alertId = alertIdOf(alert)
  return alert.alertId === alertId ? { ...alert, alertId } : null
}
