import { type BillingPeriod, periodBefore, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { PlacedAnnouncement } from '../statements/place-announcements.ts'
import { type CloseSchedule, dueMonths, earliestMonth, type PlanFacts } from './plan-closes.ts'

/** What a month's newest revision was rated with, and now would be, in another way. */
export type ChangedInputs = {
  readonly month: string
  readonly revision: number
  readonly causes: readonly ('registry' | 'tariff')[]
}

type Cause =
  /** Its time has come, and the schedule closes no month before the one before it. */
  | { readonly kind: 'month_before_open'; readonly month: string; readonly before: string }
  /** The time of a month has come, and no person has closed or named a first one. */
  | { readonly kind: 'no_first_month'; readonly month: string }
  /** The schedule never closes the month that it was told to begin with, and so none after it. */
  | { readonly kind: 'close_from_idle'; readonly month: string; readonly reason: 'before_log' | 'too_old' }
  | { readonly kind: 'approval'; readonly month: string; readonly revisions: readonly number[] }
  | ({ readonly kind: 'inputs_changed' } & ChangedInputs)

/** Something that the schedule leaves to a person: what there is, and what to do. */
export type HeldUp = Cause & { readonly detail: string; readonly todo: string }

export type HeldUpFacts = PlanFacts & {
  readonly announcements: readonly PlacedAnnouncement[]
  readonly changedInputs: readonly ChangedInputs[]
}

/** Pure. Without a schedule nobody waits for it. */
export function listHeldUp(schedule: CloseSchedule | null, facts: HeldUpFacts, nowMs: number): HeldUp[] {
  const causes: Cause[] = [
    ...(schedule === null ? [] : listMonths(schedule, facts, nowMs)),
    ...listApprovals(facts.announcements),
    ...facts.changedInputs.map((changed): Cause => ({ kind: 'inputs_changed', ...changed })),
  ]
  return causes.map(cause => ({ ...cause, ...describe(cause) }))
}

function listMonths(schedule: CloseSchedule, facts: PlanFacts, nowMs: number): Cause[] {
  const { from } = schedule
  const { closedMonths } = facts
  const idle = from === null ? null : judgeFrom(schedule, from, facts, nowMs)
  if (idle !== null) return [idle]
  const due = dueMonths(schedule, facts, nowMs)
  const first = from?.month ?? [...closedMonths].sort()[0]
  const [oldest] = due
  if (first === undefined) {
    return oldest === undefined ? [] : [{ kind: 'no_first_month', month: oldest.month }]
  }
  return due.flatMap((period): Cause[] => {
    const { month } = period
    const before = periodBefore(period).month
    return month > first && !closedMonths.has(before) ? [{ kind: 'month_before_open', month, before }] : []
  })
}

/** Null while the schedule can begin with it, or goes on from a later month that a person has closed. */
function judgeFrom(
  { timeZone }: CloseSchedule,
  from: BillingPeriod,
  { closedMonths, firstAppendTimeMs }: PlanFacts,
  nowMs: number,
): Cause | null {
  const { month } = from
  if (firstAppendTimeMs === null || [...closedMonths].some(closed => closed >= month)) return null
  if (month < earliestMonth(timeZone, nowMs)) return { kind: 'close_from_idle', month, reason: 'too_old' }
  const isBeforeLog = periodRange(from, timeZone).endMs <= firstAppendTimeMs
  return isBeforeLog ? { kind: 'close_from_idle', month, reason: 'before_log' } : null
}

function listApprovals(announcements: readonly PlacedAnnouncement[]): Cause[] {
  const waiting = announcements.filter(each => each.state === 'waiting')
  return [...Map.groupBy(waiting, each => each.month)].map(([month, ofMonth]) => ({
    kind: 'approval',
    month,
    revisions: ofMonth.map(each => each.revision),
  }))
}

function describe(cause: Cause): Pick<HeldUp, 'detail' | 'todo'> {
  const { month } = cause
  switch (cause.kind) {
    case 'month_before_open':
      return {
        detail: `${month} is due, and not closed by schedule while ${cause.before} is open`,
        todo: `forbruk close ${cause.before}, which says what it lacks`,
      }
    case 'no_first_month':
      return {
        detail: `${month} is due, and the schedule closes no month before a person has closed the first`,
        todo: `forbruk close ${month}, or FORBRUK_CLOSE_FROM=${month}`,
      }
    case 'close_from_idle': {
      const why =
        cause.reason === 'before_log' ? "ended before the log's first record" : 'lies more than a year back'
      return {
        detail: `FORBRUK_CLOSE_FROM names ${month}, which ${why}: nothing is closed by schedule`,
        todo: `forbruk close ${month}, or name a later month`,
      }
    }
    case 'approval': {
      const names = cause.revisions.map(revision => `r${revision}`).join(', ')
      return {
        detail: `${month} ${names}: not announced before a person approves it`,
        todo: `forbruk statements list ${month}, then forbruk statements announce ${month}`,
      }
    }
    case 'inputs_changed':
      return {
        detail: `${month} r${cause.revision} was closed by another ${cause.causes.join(' and ')} than holds for it now`,
        todo: `forbruk close ${month} --dry-run, then --accept ${cause.causes.join(',')} if it should change`,
      }
  }
}
