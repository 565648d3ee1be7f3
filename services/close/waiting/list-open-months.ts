import { periodBefore, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Finding } from '@forbruk/schemas/waiting/waiting.ts'
import {
  type CloseSchedule,
  dueMonths,
  earliestMonth,
  isAskedFor,
  type PlanFacts,
} from '../schedule/plan-closes.ts'

/** By then the schedule has tried what it closes by itself, once a minute: what is open still, it was refused. */
const TRIED_MS = 10 * 60_000

/**
 * Pure: what of the calendar waits for a person, one finding for a month, the one that tells most. From the month on
 * that somebody named for the schedule, else from the first closed one, else from the first that the log knows: what
 * lies before, nobody asked for.
 */
export function listOpenMonths(schedule: CloseSchedule, facts: PlanFacts, nowMs: number): Finding[] {
  const { closedMonths } = facts
  const isScheduled = schedule.expression !== null
  const first = schedule.from?.month ?? [...closedMonths].sort()[0]
  const due = dueMonths(schedule, facts, isScheduled ? nowMs - TRIED_MS : nowMs)
  const open = due.filter(({ month }) => first === undefined || month >= first)
  if (!isScheduled) return open.map(({ month }) => ({ kind: 'month_open', month }))
  const months = open.map((period, index): Finding => {
    const { month } = period
    if (isAskedFor(period, schedule.from, closedMonths)) return { kind: 'month_open', month }
    if (first === undefined && index === 0) return { kind: 'no_first_month', month }
    return { kind: 'month_before_open', month, before: periodBefore(period).month }
  })
  return [...judgeFrom(schedule, facts, nowMs), ...months]
}

/** Nothing while the schedule can begin with it, or goes on from a later month that a person has closed. */
function judgeFrom({ from, timeZone }: CloseSchedule, facts: PlanFacts, nowMs: number): Finding[] {
  const { closedMonths, firstAppendTimeMs } = facts
  if (from === null || firstAppendTimeMs === null) return []
  const { month } = from
  if ([...closedMonths].some(closed => closed >= month)) return []
  if (month < earliestMonth(timeZone, nowMs)) return [{ kind: 'close_from_idle', month, reason: 'too_old' }]
  const isBeforeLog = periodRange(from, timeZone).endMs <= firstAppendTimeMs
  return isBeforeLog ? [{ kind: 'close_from_idle', month, reason: 'before_log' }] : []
}
