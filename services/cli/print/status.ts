import {
  describeUncounted,
  explainStandstill,
  type Standstill,
} from '@forbruk/aggregator/run/find-standstills.ts'
import type { Recognised } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { SharedFile } from '@forbruk/infra/ledger/sources/shared-files.ts'
import type { SilentSource, Source } from '@forbruk/infra/ledger/sources/sources.ts'
import type { LogBounds } from '@forbruk/infra/log/event-log.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import type { IngestProgress } from '@forbruk/infra/store/tables/ingest-progress.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { instancesAsJson, printInstances } from './source.ts'
import { groupDigits, printLine, printTable, spellTime } from './table.ts'

export type PartitionStatus = {
  readonly partition: number
  readonly bounds: LogBounds
  /** Null where nothing is counted. */
  readonly progress: IngestProgress | null
}

export type Status = {
  readonly stream: string
  readonly partitions: readonly PartitionStatus[]
  /** How many of them are counted; null while none is. */
  readonly counted: number | null
  /** What nobody counted on while it was looked at. */
  readonly standstills: readonly Standstill[]
  readonly gaps: readonly AcceptedGap[]
  readonly recognised: Recognised
  readonly sources: readonly Source[]
  /** Expected, and never heard of. */
  readonly silent: readonly SilentSource[]
  /** Files that two sources have shipped. */
  readonly shared: readonly SharedFile[]
  readonly waiting: readonly Waiting[]
}

export function printStatus(status: Status): void {
  const { partitions, counted, standstills, gaps, recognised, sources, silent, shared, waiting } = status
  printPartitions(partitions)
  for (const standstill of standstills) printLine(explainStandstill(standstill))
  if (counted !== null && counted < partitions.length) printLine(describeUncounted(counted))
  for (const { partition, fromOffset, toOffset, reason } of gaps) {
    const range = `from ${fromOffset} to before ${toOffset}`
    printLine(`gap in partition ${partition}: offsets ${range} were given up: ${reason}`)
  }
  printRecognised(recognised)
  printLine()
  if (sources.length === 0) printLine('no source has shipped anything yet')
  else printSources(sources)
  printInstances(sources)
  for (const { source, fromMonth } of silent) {
    const since = fromMonth === null ? '' : ` from ${fromMonth} on`
    printLine(`source ${source} is expected${since} and has never shipped anything: forbruk source list`)
  }
  for (const { source, otherSource, file, events } of shared) {
    const amount = `at least ${groupDigits(events)} events are counted under both`
    printLine(`sources ${source} and ${otherSource} have shipped the same file (${file}): ${amount}`)
  }
  printWaiting(waiting)
}

/** A terminal holds no more; --json and the API have all. */
const WAITING_SHOWN_MAX = 40

function printWaiting(waiting: readonly Waiting[]): void {
  if (waiting.length === 0) return
  printLine()
  printTable(
    [{ title: 'waits for somebody' }, { title: 'what to do' }],
    waiting.slice(0, WAITING_SHOWN_MAX).map(({ detail, todo }) => [detail, todo]),
  )
  const more = waiting.length - WAITING_SHOWN_MAX
  if (more > 0) printLine(`and ${groupDigits(more)} more: forbruk status --json`)
}

function printRecognised({ copies, unknown, offsetsBehind }: Recognised): void {
  if (copies > 0n)
    printLine(`request ids: ${groupDigits(copies)} counted requests are copies, which usage leaves out`)
  if (unknown > 0n) {
    const what = `${groupDigits(unknown)} counted requests could not be compared with another of their hash`
    printLine(`request ids: ${what}: the log had lost them; their months close with --force alone`)
  }
  if (offsetsBehind > 0)
    printLine(
      `request ids: repeated ones are not settled yet for ${groupDigits(offsetsBehind)} counted offsets`,
    )
}

function printPartitions(partitions: readonly PartitionStatus[]): void {
  printTable(
    [
      { title: 'partition', align: 'right' },
      { title: 'in the log', align: 'right' },
      { title: 'counted to', align: 'right' },
      { title: 'lag', align: 'right' },
      { title: 'requests', align: 'right' },
      { title: 'duplicates', align: 'right' },
      { title: 'rejected', align: 'right' },
      { title: 'newest record (UTC)' },
    ],
    partitions.map(each => [
      String(each.partition),
      groupDigits(each.bounds.endOffset),
      groupDigits(nextOffsetOf(each)),
      groupDigits(lagOf(each)),
      groupDigits(each.progress?.requests ?? 0),
      groupDigits(each.progress?.duplicates ?? 0),
      groupDigits(each.progress?.rejected ?? 0),
      spellTimeOrNull(each.progress?.lastAppendTimeMs ?? null) ?? '',
    ]),
  )
}

function printSources(sources: readonly Source[]): void {
  printTable(
    [
      { title: 'source' },
      { title: 'format' },
      { title: 'events', align: 'right' },
      { title: 'by its marks', align: 'right' },
      { title: 'missing', align: 'right' },
      { title: 'complete through (UTC)' },
      { title: 'in its way', align: 'right' },
      { title: 'retired' },
    ],
    sources.map(each => [
      each.source || '(gateway)',
      each.format,
      groupDigits(each.events),
      groupDigits(each.eventsMarked),
      groupDigits(each.missing),
      spellTimeOrNull(each.throughMs) ??
        (each.givesMarks ? 'no mark in every partition yet' : 'gives no marks'),
      each.obstacles.total === 0 ? '' : groupDigits(each.obstacles.total),
      each.retired?.reason ?? '',
    ]),
  )
}

/** Where nothing is counted, counting begins where the log does. */
function nextOffsetOf({ bounds, progress }: PartitionStatus): number {
  return progress?.nextOffset ?? bounds.startOffset
}

function lagOf(each: PartitionStatus): number {
  return Math.max(0, each.bounds.endOffset - nextOffsetOf(each))
}

/** 64-bit counts and times as ClickHouse prints them. */
export function statusAsJson(status: Status) {
  const { stream, partitions, standstills, gaps, recognised, sources, silent, shared, waiting } = status
  return {
    stream,
    partitions_counted: status.counted,
    partitions: partitions.map(each => ({
      partition: each.partition,
      end_offset: each.bounds.endOffset,
      next_offset: nextOffsetOf(each),
      lag: lagOf(each),
      requests: String(each.progress?.requests ?? 0),
      duplicates: String(each.progress?.duplicates ?? 0),
      rejected: String(each.progress?.rejected ?? 0),
      last_append_time: spellTimeOrNull(each.progress?.lastAppendTimeMs ?? null),
    })),
    standstills: standstills.map(({ partition, nextOffset, endOffset, openFrom, standingMs }) => ({
      ...{ partition, next_offset: nextOffset, end_offset: endOffset, open_from: openFrom },
      standing_ms: Math.round(standingMs),
    })),
    gaps: gaps.map(gap => ({
      partition: gap.partition,
      from_offset: String(gap.fromOffset),
      to_offset: String(gap.toOffset),
      reason: gap.reason,
      accepted_at: spellTime(gap.acceptedAtMs),
    })),
    request_ids: {
      copies: String(recognised.copies),
      unknown: String(recognised.unknown),
      offsets_behind: recognised.offsetsBehind,
    },
    sources: sources.map(each => ({
      source: each.source,
      format: each.format,
      events: String(each.events),
      events_marked: String(each.eventsMarked),
      missing: String(each.missing),
      through: spellTimeOrNull(each.throughMs),
      obstacles: obstaclesAsJson(each),
      instances: instancesAsJson(each),
      retired: each.retired?.reason ?? '',
    })),
    silent_sources: silent.map(({ source, fromMonth, actor }) => ({ source, from_month: fromMonth, actor })),
    shared_files: shared.map(({ source, otherSource, file, events }) => ({
      source,
      other_source: otherSource,
      file,
      events: String(events),
    })),
    waiting,
  }
}

function obstaclesAsJson({ obstacles: { total, listed } }: Source) {
  return {
    total,
    listed: listed.map(({ reason, path, sinceMs }) => ({ reason, path, since: spellTime(sinceMs) })),
  }
}

function spellTimeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : spellTime(timeMs)
}
