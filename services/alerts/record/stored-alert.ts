import {
  ALERT_KINDS,
  ALERT_LEVELS,
  ALERT_METRICS,
  alertIdOf,
  type UsageAlert,
} from '@forbruk/schemas/alert/usage-alert.ts'
import { z } from 'zod'

/** A row of usage_alert. */
export type StoredAlert = UsageAlert & {
  /** The alert can't stand before this offset of its partition of the alerts topic. */
  readonly logStart: number
}

const bigint = z.string().regex(/^\d+$/).transform(BigInt)
/** As ClickHouse prints it, in UTC. */
const time = z.string().transform(text => Date.parse(`${text.replace(' ', 'T')}Z`))

export const storedAlertColumns = {
  stream: z.string(),
  client_id: z.string(),
  month: z.string(),
  metric: z.enum(ALERT_METRICS),
  kind: z.enum(ALERT_KINDS),
  level: z.literal(ALERT_LEVELS),
  used: bigint,
  allowance: bigint,
  forecast: bigint.nullable(),
  raised_at: time,
  period_start: time,
  period_end: time,
  log_start: z.coerce.number(),
}

export const STORED_ALERT_COLUMNS = Object.keys(storedAlertColumns).join(', ')

const rowShape = z.object(storedAlertColumns)
export const storedAlertShape: z.ZodType<StoredAlert> = rowShape.transform(toAlert)

export function toAlert(row: z.output<typeof rowShape>): StoredAlert {
  const { stream, month, metric, kind, level, used, allowance, forecast } = row
  const subject = { stream, clientId: row.client_id, month, metric, kind, level }
  return {
    ...subject,
    alertId: alertIdOf(subject),
    used,
    allowance,
    forecast,
    raisedAtMs: row.raised_at,
    periodStartMs: row.period_start,
    periodEndMs: row.period_end,
    logStart: row.log_start,
  }
}

export function toRow(alert: StoredAlert): Record<string, unknown> {
  return {
    alert_id: alert.alertId,
    stream: alert.stream,
    client_id: alert.clientId,
    month: alert.month,
    metric: alert.metric,
    kind: alert.kind,
    level: alert.level,
    used: alert.used,
    allowance: alert.allowance,
    forecast: alert.forecast,
    raised_at: toStoredTime(alert.raisedAtMs),
    period_start: toStoredTime(alert.periodStartMs),
    period_end: toStoredTime(alert.periodEndMs),
    log_start: alert.logStart,
  }
}

export function toStoredTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
