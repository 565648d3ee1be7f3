import type { DatedGap } from '@forbruk/infra/ledger/blocks/gaps.ts'
import type { ExpectedSource } from '@forbruk/infra/ledger/sources/expected-sources.ts'
import type { SharedFile } from '@forbruk/infra/ledger/sources/shared-files.ts'
import type { SourceInstance } from '@forbruk/infra/ledger/sources/source-instances.ts'
import type { SilentSource } from '@forbruk/infra/ledger/sources/sources.ts'
import type { Reconciliation } from '@forbruk/infra/store/tables/source-reconciliation.ts'
import type { MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'
import { isWithinBound, type Ruled } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { judgeReconciliation } from '../reconcile/judge-reconciliation.ts'
import { type ExpectedLack, judgeExpected } from './judge-expected.ts'
import { judgePartition, type PartitionFacts, type PartitionLack } from './judge-partition.ts'

/** How long after a month's end its late events may still come. */
export const GRACE_MS = 24 * 3_600_000

/** What was found out about a month and its stream; times in milliseconds since the epoch. */
export type GateFacts = {
  readonly month: string
  readonly endMs: number
  /** The grace's end: what comes until then belongs to the close. */
  readonly graceEndMs: number
  readonly stream: string
  readonly logPartitions: number
  /** How many are counted; null when the aggregator never counted this stream. */
  readonly storedPartitions: number | null
  readonly partitions: readonly PartitionFacts[]
  /** What clocks other than this machine's say of the grace; null where this machine's is all there is. */
  readonly otherClocks: 'grace_over' | 'grace_running' | null
  readonly sources: readonly SourceFacts[]
  /** Expected in this month or another, and never heard of. */
  readonly silent: readonly SilentSource[]
  /** Of the month: their requests are counted twice. */
  readonly shared: readonly SharedFile[]
  /** What people said to wait for, and whether anything of it can be of the month. */
  readonly expected: readonly ExpectedSource[]
  /** What gateways said that they served in a part of the month, beside what arrived. */
  readonly reconciled: readonly Reconciliation[]
  readonly rejected: readonly RejectedFacts[]
  /** What standing rules waive of them, or would if it were fewer. */
  readonly ruled: readonly Ruled[]
  /** Accepted ones in which events of the month may have been lost. */
  readonly gaps: readonly DatedGap[]
  /** Counted requests of the month that can't be compared with another of their hash any more. */
  readonly unknownRequests: number
  /** Whether anything of the month was counted, of whomever. */
  readonly hasUsage: boolean
  /** When the first counted record was appended, by the log's clock; null when none was counted. */
  readonly firstAppendTimeMs: number | null
  /** Other streams in the store that hold usage of the month. */
  readonly otherStreams: readonly string[]
}

export type SourceFacts = {
  readonly source: string
  /** Every event of the source up to this time has been shipped and counted; null when it hasn't said so yet. */
  readonly throughMs: number | null
  /** Shipped and not arrived; negative when more arrived than was shipped. */
  readonly missing: number
  /** The gateway format, as marks have it; empty without. */
  readonly format: string
  /** By what a second copy of an event is known. */
  readonly identity: 'line_position' | 'request_id_or_none'
  /** A gateway that sends by itself says nothing of how far it is: for it the grace alone stands. */
  readonly givesMarks: boolean
  /** Why it can't go further, as its newest marks have it. */
  readonly obstacles: MarkedObstacles
  /** Who vouches for it; none where marks don't say who gave them. */
  readonly instances: readonly SourceInstance[]
  /** What an operator has said of its end; null while it lives, and again when it has gone on since. */
  readonly retired: { readonly reason: string; readonly missing: number } | null
}

/** Rejected events that may belong to the month, of one reason. */
export type RejectedFacts = {
  readonly reason: string
  /** All of them; the others are waived, or mended and counted. */
  readonly events: number
  readonly waived: number
  /** Of the waived: by standing rules, not by a person who looked at each. */
  readonly ruled: number
  readonly mended: number
  /** Mended and sent again, but not counted yet. */
  readonly mending: number
  readonly open: number
  /** An open one, as `partition:offset[index]`; null without. */
  readonly example: string | null
}

/** One thing that keeps a month from being complete. */
export type Lack =
  | { readonly kind: 'month_running'; readonly month: string; readonly endMs: number }
  | { readonly kind: 'grace_running'; readonly month: string; readonly graceEndMs: number }
  /** This machine's clock is past the grace, and nothing that another clock has told is. */
  | {
      readonly kind: 'clock_alone'
      readonly month: string
      readonly graceEndMs: number
      readonly nowMs: number
    }
  | { readonly kind: 'nothing_counted'; readonly stream: string }
  | {
      readonly kind: 'month_before_counting'
      readonly month: string
      readonly stream: string
      readonly firstAppendTimeMs: number
    }
  | { readonly kind: 'month_without_usage'; readonly month: string }
  | { readonly kind: 'stream_unrecorded'; readonly stream: string }
  | { readonly kind: 'partitions_differ'; readonly log: number; readonly stored: number }
  | { readonly kind: 'other_stream'; readonly stream: string; readonly otherStream: string }
  | PartitionLack
  /** An operator gave these offsets up; none where only the block before could not go on. */
  | ({ readonly kind: 'gap' } & Pick<DatedGap, 'partition' | 'fromOffset' | 'toOffset' | 'reason'>)
  | {
      readonly kind: 'source_open'
      readonly source: string
      readonly throughMs: number | null
      readonly neededMs: number
      readonly obstacles: MarkedObstacles
      /** Where several vouch for it, those that have not come so far. */
      readonly behind: readonly Pick<SourceInstance, 'instance' | 'host' | 'throughMs'>[]
    }
  | ({ readonly kind: 'source_silent' } & Pick<SilentSource, 'source' | 'fromMonth'>)
  | ExpectedLack
  | { readonly kind: 'source_missing'; readonly source: string; readonly missing: number }
  /** Its gateway says that it served more, or fewer, than arrived. */
  | ({ readonly kind: 'source_unreconciled' } & Reconciliation)
  | ({ readonly kind: 'file_shared' } & SharedFile)
  | {
      readonly kind: 'rejected_open'
      readonly month: string
      readonly reason: string
      readonly events: number
      readonly example: string
    }
  /** A standing rule speaks of more than it may waive: none of them is waived. */
  | ({ readonly kind: 'rule_exceeded'; readonly month: string } & Ruled)
  | { readonly kind: 'mended_uncounted'; readonly reason: string; readonly events: number }
  /** The log had lost them before they could be compared with others of their hash. */
  | { readonly kind: 'copies_unknown'; readonly requests: number }

/** Pure: everything the month lacks, none when it is complete. */
export function judgeMonth(facts: GateFacts, nowMs: number): Lack[] {
  return [
    ...judgeTime(facts, nowMs),
    ...judgeUsage(facts, nowMs),
    ...judgeStream(facts),
    ...facts.partitions.flatMap(partition => judgePartition(partition, facts.storedPartitions)),
    ...facts.gaps.map(({ partition, fromOffset, toOffset, reason }): Lack => {
      return { kind: 'gap', partition, fromOffset, toOffset, reason }
    }),
    ...facts.sources.flatMap(source => judgeSource(source, facts.endMs)),
    ...facts.silent.flatMap(source => judgeSilent(source, facts.month)),
    ...facts.reconciled
      .filter(reconciled => judgeReconciliation(reconciled) !== 'agrees')
      .map((reconciled): Lack => ({ kind: 'source_unreconciled', ...reconciled })),
    ...facts.shared.map((file): Lack => ({ kind: 'file_shared', ...file })),
    ...judgeExpected(facts),
    ...facts.rejected.flatMap(rejected => judgeRejected(rejected, facts.month)),
    ...facts.ruled.flatMap(ruled => judgeRuled(ruled, facts.month)),
    ...judgeUnknown(facts.unknownRequests),
  ]
}

function judgeTime({ month, endMs, graceEndMs, otherClocks }: GateFacts, nowMs: number): Lack[] {
  if (nowMs < endMs) return [{ kind: 'month_running', month, endMs }]
  if (nowMs < graceEndMs) return [{ kind: 'grace_running', month, graceEndMs }]
  return otherClocks === 'grace_running' ? [{ kind: 'clock_alone', month, graceEndMs, nowMs }] : []
}

/**
 * A month of which nothing is known looks like one in which nothing happened: by a mistyped month, another folder or
 * another topic. Logs that were loaded long after are known, since their usage is counted.
 */
function judgeUsage(facts: GateFacts, nowMs: number): Lack[] {
  const { month, endMs, stream, partitions, hasUsage, firstAppendTimeMs } = facts
  if (partitions.every(({ ledger }) => ledger === null)) return [{ kind: 'nothing_counted', stream }]
  if (hasUsage || nowMs < endMs) return []
  return firstAppendTimeMs !== null && endMs <= firstAppendTimeMs
    ? [{ kind: 'month_before_counting', month, stream, firstAppendTimeMs }]
    : [{ kind: 'month_without_usage', month }]
}

/** Whether a person's word can stand for it: not for what is still to come, nor for what the log never heard of. */
export function canBeForced({ kind }: Lack): boolean {
  return !UNFORCEABLE.includes(kind)
}

const UNFORCEABLE: readonly Lack['kind'][] = [
  ...(['month_running', 'clock_alone', 'nothing_counted', 'month_before_counting'] as const),
]

function judgeStream(facts: GateFacts): Lack[] {
  const { stream, logPartitions, storedPartitions } = facts
  const lacks: Lack[] = facts.otherStreams.map(otherStream => ({ kind: 'other_stream', stream, otherStream }))
  const isCounted = facts.partitions.some(partition => partition.ledger !== null)
  // Sources are known only through the stream's record: without it, none could be found wanting.
  if (storedPartitions === null && isCounted) lacks.push({ kind: 'stream_unrecorded', stream })
  // More are judged one by one, by what may wait there.
  if (storedPartitions !== null && storedPartitions > logPartitions) {
    lacks.push({ kind: 'partitions_differ', log: logPartitions, stored: storedPartitions })
  }
  return lacks
}

function judgeSource(
  { source, throughMs, missing, givesMarks, obstacles, instances, retired }: SourceFacts,
  endMs: number,
): Lack[] {
  const lacks: Lack[] = []
  const isAwaited = givesMarks && retired === null
  if (isAwaited && (throughMs === null || throughMs < endMs))
    lacks.push({
      ...{ kind: 'source_open', source, throughMs, neededMs: endMs, obstacles },
      behind: listBehind(instances, endMs),
    })
  // What was missing when a source was retired is accepted as lost; what is missing since is not.
  if (missing !== (retired?.missing ?? 0)) lacks.push({ kind: 'source_missing', source, missing })
  return lacks
}

function listBehind(instances: readonly SourceInstance[], endMs: number) {
  const standing = instances.filter(({ retired }) => retired === null)
  if (standing.length < 2) return []
  return standing
    .filter(({ throughMs }) => throughMs < endMs)
    .map(({ instance, host, throughMs }) => ({ instance, host, throughMs }))
}

function judgeSilent({ source, fromMonth }: SilentSource, month: string): Lack[] {
  const isExpected = fromMonth === null || fromMonth <= month
  return isExpected ? [{ kind: 'source_silent', source, fromMonth }] : []
}

function judgeRejected({ reason, open, mending, example }: RejectedFacts, month: string): Lack[] {
  const lacks: Lack[] = []
  if (open > 0) lacks.push({ kind: 'rejected_open', month, reason, events: open, example: example ?? '' })
  if (mending > 0) lacks.push({ kind: 'mended_uncounted', reason, events: mending })
  return lacks
}

function judgeRuled(ruled: Ruled, month: string): Lack[] {
  return isWithinBound(ruled) ? [] : [{ kind: 'rule_exceeded', month, ...ruled }]
}

function judgeUnknown(requests: number): Lack[] {
  return requests > 0 ? [{ kind: 'copies_unknown', requests }] : []
}
