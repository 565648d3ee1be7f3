import {
  ALERT_LEVELS,
  ALERT_METRICS,
  type AlertId,
  type AlertKind,
  type AlertLevel,
  type AlertMetric,
  alertIdOf,
  type UsageAlert,
} from '@forbruk/schemas/alert/usage-alert.ts'
import { forecastUsage } from '@forbruk/schemas/usage/forecast.ts'
import type { JudgedPeriod } from './judged-periods.ts'

/** What counts against an allowance, or the allowance itself. */
export type Amounts = Readonly<Record<AlertMetric, bigint>>

/** One client's month so far. */
type ClientUsage = {
  readonly clientId: string
  readonly used: Amounts
  /** The part of it that says how fast the client is: see `paceStartMs`. */
  readonly usedRecently: Amounts
}

/**
 * The alerts that a client's usage calls for and that are not raised yet, lowest level first. Pure.
 *
 * `actual`: the usage has reached the level (at 100 % the allowance is used up, and the next request is above it). Each
 * level that was passed is raised, also when several were passed at once. `forecast`: the month will reach it, and the
 * usage hasn't yet. In a month that is over only 100 % of it are news: nothing can be protected any more, but there is
 * overage to talk about.
 */
export function judgeUsage(
  usage: ClientUsage,
  allowance: Amounts,
  { stream, month, startMs, endMs, isOver }: JudgedPeriod & { readonly stream: string },
  nowMs: number,
  alreadyRaised: ReadonlySet<AlertId>,
): UsageAlert[] {
  const alerts = ALERT_METRICS.flatMap(metric => {
    const used = usage.used[metric]
    const included = allowance[metric]
    const pace = {
      periodStartMs: startMs,
      periodEndMs: endMs,
      nowMs,
      used,
      usedRecently: usage.usedRecently[metric],
    }
    const forecast = forecastUsage(pace)
    const raise = (kind: AlertKind, level: AlertLevel): UsageAlert => {
      const subject = { stream, clientId: usage.clientId, month, metric, kind, level }
      return {
        ...subject,
        alertId: alertIdOf(subject),
        used,
        allowance: included,
        forecast: kind === 'forecast' ? forecast : null,
        raisedAtMs: nowMs,
        periodStartMs: startMs,
        periodEndMs: endMs,
      }
    }
    return ALERT_LEVELS.filter(level => level === 100 || !isOver).flatMap(level => {
      if (hasReached(used, included, level)) return [raise('actual', level)]
      return forecast !== null && hasReached(forecast, included, level) ? [raise('forecast', level)] : []
    })
  })
  return alerts.filter(alert => !alreadyRaised.has(alert.alertId))
}

/** Nothing used reaches nothing, where a tariff includes nothing. */
function hasReached(amount: bigint, allowance: bigint, level: AlertLevel): boolean {
  return amount > 0n && amount * 100n >= allowance * BigInt(level)
}
