import { describeStandstill, type Standstill, WHO_COUNTS } from '@forbruk/aggregator/run/find-standstills.ts'
import type { SilentSource, Source } from '@forbruk/infra/ledger/sources.ts'
import type { LogBounds } from '@forbruk/infra/log/event-log.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import type { IngestProgress } from '@forbruk/infra/store/tables/ingest-progress.ts'
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
  /** What nobody counted on while it was looked at. */
  readonly standstills: readonly Standstill[]
  readonly gaps: readonly AcceptedGap[]
  readonly sources: readonly Source[]
  /** Expected, and never heard of. */
  readonly silent: readonly SilentSource[]
}

export function printStatus({ partitions, standstills, gaps, sources, silent }: Status): void {
  printPartitions(partitions)
  for (const standstill of standstills) printLine(`${describeStandstill(standstill)}: ${WHO_COUNTS}`)
  for (const { partition, fromOffset, toOffset, reason } of gaps) {
    const range = `from ${fromOffset} to before ${toOffset}`
    printLine(`gap in partition ${partition}: offsets ${range} were given up: ${reason}`)
  }
  printLine()
  if (sources.length === 0) printLine('no source has shipped anything yet')
  else printSources(sources)
  for (const { source, fromMonth } of silent) {
    const since = fromMonth === null ? '' : ` from ${fromMonth} on`
    printLine(`source ${source} is expected${since} and has never shipped anything: forbruk source list`)
  }
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
      { title: 'retired' },
    ],
    sources.map(each => [
      each.source || '(gateway)',
      each.format,
      groupDigits(each.events),
      groupDigits(each.eventsMarked),
      groupDigits(each.missing),
      spellTimeOrNull(each.throughMs) ?? 'no mark in every partition yet',
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
export function statusAsJson({ stream, partitions, standstills, gaps, sources, silent }: Status) {
  return {
    stream,
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
    sources: sources.map(each => ({
      source: each.source,
      format: each.format,
      events: String(each.events),
      events_marked: String(each.eventsMarked),
      missing: String(each.missing),
      through: spellTimeOrNull(each.throughMs),
      retired: each.retired?.reason ?? '',
    })),
    silent_sources: silent.map(({ source, fromMonth, actor }) => ({ source, from_month: fromMonth, actor })),
  }
}

function spellTimeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : spellTime(timeMs)
}
