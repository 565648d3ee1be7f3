import {
  type BillingPeriod,
  type PeriodRange,
  periodAt,
  periodBefore,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'

/** A month whose usage can still call for an alert. */
export type JudgedPeriod = PeriodRange & {
  readonly month: string
  readonly period: BillingPeriod
  /** Only late events come to it now. */
  readonly isOver: boolean
}

/** For so long after its end a month that isn't closed is looked at. */
const LATE_MS = 7 * 24 * 3_600_000

/**
 * The running month, and the one before while late events may still lift a client above its allowance: for a week after
 * its end, unless it is closed. What comes later shows on the close.
 */
export function judgedPeriods(
  nowMs: number,
  timeZone: string,
  isClosed: (month: string) => boolean,
): JudgedPeriod[] {
  const current = periodAt(nowMs, timeZone)
  const before = periodBefore(current)
  const running = { ...periodRange(current, timeZone), month: current.month, period: current, isOver: false }
  if (nowMs - running.startMs >= LATE_MS || isClosed(before.month)) return [running]
  return [running, { ...periodRange(before, timeZone), month: before.month, period: before, isOver: true }]
}
