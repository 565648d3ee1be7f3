import {
  type BillingPeriod,
  periodAt,
  periodBefore,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { Cron } from 'croner'
import { GRACE_MS } from '../gate/gate.ts'

export type PlanFacts = {
  /** YYYY-MM of every month that has a revision. */
  readonly closedMonths: ReadonlySet<string>
  /** By the log's own clock; null when nothing was counted. */
  readonly firstAppendTimeMs: number | null
}

export type CloseSchedule = {
  /** A cron expression of five fields; null: months are closed by people alone. */
  readonly expression: string | null
  /** Of the tariff: months end there, and the expression is read there. */
  readonly timeZone: string
  /** The first month, where somebody said so; null: whatever follows a month that is closed. */
  readonly from: BillingPeriod | null
}

/** So far back a month is caught up on; an older one is closed by command. */
const MONTHS_BACK_MAX = 12

/**
 * Pure: the months to close now, oldest first. A month is closed on a person's word: it is the one that the schedule
 * was told to begin with, or the one before it is closed, which goes back to a close by command. The time of an event
 * is no such word, since one clock gone wrong can name any month. What ended before the log held anything is for people
 * as well, even if its lines were loaded since.
 *
 * A month is due from the first time of the schedule after its grace, so a time that was slept through, or changed, is
 * made up for whenever this is asked next.
 */
export function planCloses(schedule: CloseSchedule, facts: PlanFacts, nowMs: number): BillingPeriod[] {
  const due = schedule.expression === null ? [] : dueMonths(schedule, facts, nowMs)
  return due.filter(period => isAskedFor(period, schedule.from, facts.closedMonths))
}

/** Pure: the open months whose time has come, whether anybody has asked for them or not; oldest first. */
export function dueMonths(schedule: CloseSchedule, facts: PlanFacts, nowMs: number): BillingPeriod[] {
  const { timeZone, expression } = schedule
  const { closedMonths, firstAppendTimeMs } = facts
  if (firstAppendTimeMs === null) return []
  const cron = expression === null ? null : new Cron(expression, { timezone: timeZone, mode: '5-part' })
  return endedMonths(periodAt(nowMs, timeZone)).filter(period => {
    const { endMs } = periodRange(period, timeZone)
    if (endMs <= firstAppendTimeMs || closedMonths.has(period.month)) return false
    const graceEndMs = endMs + GRACE_MS
    if (cron === null) return graceEndMs <= nowMs
    const due = cron.nextRun(new Date(graceEndMs - 1_000))
    return due !== null && due.getTime() <= nowMs
  })
}

/** YYYY-MM: no month before it is closed by schedule. */
export function earliestMonth(timeZone: string, nowMs: number): string {
  return endedMonths(periodAt(nowMs, timeZone))[0]?.month ?? ''
}

/** Pure: whether the schedule closes the month by itself once it is due. */
export function isAskedFor(
  period: BillingPeriod,
  from: BillingPeriod | null,
  closedMonths: ReadonlySet<string>,
): boolean {
  const { month } = period
  if (from !== null && month < from.month) return false
  return month === from?.month || closedMonths.has(periodBefore(period).month)
}

/** The months that ended of late, oldest first. */
function endedMonths(current: BillingPeriod): BillingPeriod[] {
  const months: BillingPeriod[] = []
  let period = current
  for (let back = 1; back <= MONTHS_BACK_MAX; back += 1) {
    period = periodBefore(period)
    months.unshift(period)
  }
  return months
}
