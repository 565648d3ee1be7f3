import {
  type BillingPeriod,
  parseBillingPeriod,
  periodAt,
  periodBefore,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { Cron } from 'croner'
import { GRACE_MS } from '../gate/gate.ts'

export type PlanFacts = {
  /** The hour of the first usage there is; null when nothing was counted. */
  readonly firstUsageMs: number | null
  /** YYYY-MM of every month that has a revision. */
  readonly closedMonths: ReadonlySet<string>
}

export type CloseSchedule = {
  /** A cron expression of five fields. */
  readonly expression: string
  /** Of the tariff: months end there, and the expression is read there. */
  readonly timeZone: string
}

/** So far back a month is caught up on; an older one may be a clock gone wrong, and is closed by command. */
const MONTHS_BACK_MAX = 12

/**
 * Pure: the months to close now, oldest first, of those after the month of the first usage. That one may have begun
 * before counting did, or hold no more than the first lines of a log file: whether to charge it is for people. A month
 * is due from the first time of the schedule after its grace, so a time that was slept through, or changed, is made up
 * for whenever this is asked next.
 */
export function planCloses(schedule: CloseSchedule, facts: PlanFacts, nowMs: number): BillingPeriod[] {
  const { timeZone } = schedule
  if (facts.firstUsageMs === null) return []
  const cron = new Cron(schedule.expression, { timezone: timeZone, mode: '5-part' })
  const first = periodAt(facts.firstUsageMs, timeZone).month
  return endedMonths(periodAt(nowMs, timeZone))
    .filter(({ month }) => month > first && !facts.closedMonths.has(month))
    .filter(period => {
      const graceEndMs = periodRange(period, timeZone).endMs + GRACE_MS
      const due = cron.nextRun(new Date(graceEndMs - 1_000))
      return due !== null && due.getTime() <= nowMs
    })
}

function endedMonths(current: BillingPeriod): BillingPeriod[] {
  const months: BillingPeriod[] = []
  let period = current
  for (let back = 1; back <= MONTHS_BACK_MAX; back += 1) {
    period = periodBefore(period)
    months.unshift(parseBillingPeriod(period.month))
  }
  return months
}
