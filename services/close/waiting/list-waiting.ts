import type { CaseSummary } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { type BillingPeriod, periodAt, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Finding, Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { GRACE_MS } from '../gate/gate.ts'
import type { ExceptionSums } from '../revision/read-exception-sums.ts'
import { endedMonths } from '../schedule/plan-closes.ts'
import { describeFinding } from './describe-finding.ts'

export type WaitingFacts = {
  /** Of the tariff: months end there. */
  readonly timeZone: string
  /** The first month that the schedule closes, where somebody said so. */
  readonly from: BillingPeriod | null
  /** By the log's own clock; null when nothing was counted. */
  readonly firstAppendTimeMs: number | null
  /** Every month that has a revision. */
  readonly closedMonths: ReadonlySet<string>
  /** The newest revision of each month of late. */
  readonly closes: readonly ClosedFacts[]
  readonly cases: readonly Pick<
    CaseSummary,
    'caseId' | 'clientName' | 'state' | 'notOnStatement' | 'withoutOverage'
  >[]
}

type ClosedFacts = {
  readonly month: string
  readonly revision: number
  /** Whether usage of the month was counted that the revision doesn't have. */
  readonly hasLaterUsage: boolean
  /** By kind. */
  readonly exceptions: readonly ExceptionSums[]
}

/** Pure: what waits for a person, by month, oldest first. A further kind is a further list here. */
export function listWaiting(facts: WaitingFacts, nowMs: number): Waiting[] {
  const findings: Finding[] = [
    ...listOpenMonths(facts, nowMs),
    ...facts.closes.flatMap(listOfClose),
    ...listUnstated(facts),
    ...listVanished(facts),
  ]
  return findings.sort((a, b) => (a.month < b.month ? -1 : a.month > b.month ? 1 : 0)).map(describeFinding)
}

/**
 * From the month on that somebody named for the schedule, else from the first closed one, else from the first that the
 * log knows: what lies before, nobody asked for.
 */
function listOpenMonths(facts: WaitingFacts, nowMs: number): Finding[] {
  const { timeZone, from, firstAppendTimeMs, closedMonths } = facts
  if (firstAppendTimeMs === null) return []
  const first = from?.month ?? [...closedMonths].sort()[0] ?? periodAt(firstAppendTimeMs, timeZone).month
  return endedMonths(periodAt(nowMs, timeZone)).flatMap((period): Finding[] => {
    const { month } = period
    const { endMs } = periodRange(period, timeZone)
    const isAsked = month >= first && endMs > firstAppendTimeMs && endMs + GRACE_MS <= nowMs
    return isAsked && !closedMonths.has(month) ? [{ kind: 'month_open', month }] : []
  })
}

function listOfClose({ month, revision, hasLaterUsage, exceptions }: ClosedFacts): Finding[] {
  return [
    ...exceptions.map((each): Finding => ({ ...each, kind: 'exceptions', revision })),
    ...(hasLaterUsage ? [{ kind: 'later_usage', month, revision } as const] : []),
  ]
}

function listUnstated({ cases }: WaitingFacts): Finding[] {
  const decided = cases.flatMap(({ caseId, notOnStatement }) =>
    notOnStatement.map(month => ({ month, caseId })),
  )
  return [...Map.groupBy(decided, ({ month }) => month)].map(
    ([month, ofMonth]): Finding => ({
      kind: 'decisions_unstated',
      month,
      caseIds: ofMonth.map(({ caseId }) => caseId).sort(),
    }),
  )
}

function listVanished({ cases }: WaitingFacts): Finding[] {
  return cases.flatMap(({ caseId, clientName, withoutOverage }) =>
    withoutOverage.map((month): Finding => ({ kind: 'overage_vanished', month, caseId, clientName })),
  )
}
