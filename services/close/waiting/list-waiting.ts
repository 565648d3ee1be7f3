import type { Source } from '@forbruk/infra/ledger/sources/sources.ts'
import type { CaseSummary } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { periodAt } from '@forbruk/schemas/period/billing-period.ts'
import { nameRevision } from '@forbruk/schemas/statement/announcement.ts'
import type { Finding, Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import type { ExceptionSums } from '../revision/read-exception-sums.ts'
import type { CloseSchedule, PlanFacts } from '../schedule/plan-closes.ts'
import type { PlacedAnnouncement } from '../statements/place-announcements.ts'
import { describeFinding } from './describe-finding.ts'
import type { ChangedInput } from './find-changed-inputs.ts'
import { listOpenMonths } from './list-open-months.ts'

export type WaitingFacts = PlanFacts & {
  readonly schedule: CloseSchedule
  /** The newest revision of each month of late. */
  readonly closes: readonly ClosedFacts[]
  /** Null where all partitions of the topic are counted. */
  readonly uncounted: Uncounted | null
  readonly sources: readonly Pick<Source, 'source' | 'throughMs' | 'obstacles' | 'retired'>[]
  readonly announcements: readonly Pick<PlacedAnnouncement, 'month' | 'revision' | 'contentHash' | 'state'>[]
  readonly cases: readonly Pick<
    CaseSummary,
    'caseId' | 'clientName' | 'state' | 'notOnStatement' | 'withoutOverage'
  >[]
}

/** How many partitions are counted, of how many. */
export type Uncounted = { readonly counted: number; readonly partitions: number }

type ClosedFacts = {
  readonly month: string
  readonly revision: number
  /** Whether usage of the month was counted that the revision doesn't have. */
  readonly hasLaterUsage: boolean
  /** By kind. */
  readonly exceptions: readonly ExceptionSums[]
  readonly changedInputs: readonly ChangedInput[]
}

/** Pure: what waits for a person, by month, oldest first. A further kind is a further list here. */
export function listWaiting(facts: WaitingFacts, nowMs: number): Waiting[] {
  const findings: Finding[] = [
    ...listOpenMonths(facts.schedule, facts, nowMs),
    ...facts.closes.flatMap(listOfClose),
    ...listApprovals(facts),
    ...listUnstated(facts),
    ...listVanished(facts),
    ...listUncounted(facts, nowMs),
    ...listObstructed(facts),
  ]
  return findings.sort((a, b) => (a.month < b.month ? -1 : a.month > b.month ? 1 : 0)).map(describeFinding)
}

function listOfClose(close: ClosedFacts): Finding[] {
  const { month, revision, hasLaterUsage, exceptions, changedInputs: causes } = close
  return [
    ...exceptions.map((each): Finding => ({ ...each, kind: 'exceptions', revision })),
    ...(hasLaterUsage ? [{ kind: 'later_usage', month, revision } as const] : []),
    ...(causes.length > 0 ? [{ kind: 'inputs_changed', month, revision, causes } as const] : []),
  ]
}

function listApprovals({ announcements }: WaitingFacts): Finding[] {
  const waiting = announcements.filter(({ state }) => state === 'waiting')
  return [...Map.groupBy(waiting, ({ month }) => month)].flatMap(([month, ofMonth]): Finding[] => {
    const newest = ofMonth.at(-1)
    if (newest === undefined) return []
    const revisions = ofMonth.map(({ revision }) => revision)
    return [
      { kind: 'approval', month, revisions, approve: nameRevision(newest.revision, newest.contentHash) },
    ]
  })
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

function listUncounted({ uncounted, schedule }: WaitingFacts, nowMs: number): Finding[] {
  const { month } = periodAt(nowMs, schedule.timeZone)
  return uncounted === null ? [] : [{ kind: 'partitions_uncounted', month, ...uncounted }]
}

function listVanished({ cases }: WaitingFacts): Finding[] {
  return cases.flatMap(({ caseId, clientName, withoutOverage }) =>
    withoutOverage.map((month): Finding => ({ kind: 'overage_vanished', month, caseId, clientName })),
  )
}

/** By the first month that the source keeps from being complete. */
function listObstructed({ sources, schedule }: WaitingFacts): Finding[] {
  return sources.flatMap(({ source, throughMs, obstacles, retired }): Finding[] => {
    const [oldest] = obstacles.listed
    if (oldest === undefined || retired !== null) return []
    const { month } = periodAt(throughMs ?? oldest.sinceMs, schedule.timeZone)
    return [{ kind: 'source_obstructed', month, source, obstacles }]
  })
}
