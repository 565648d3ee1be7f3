import type { Metric, Sample } from './metric.ts'
import type { MetricFacts, PartitionFigures } from './metric-facts.ts'

/** How far the log is counted, and what of it could not be. */
export const COUNTING_METRICS: readonly Metric<MetricFacts>[] = [
  {
    name: 'forbruk_counted_records_total',
    kind: 'counter',
    help: 'Records of the event log that are counted.',
    labels: ['partition'],
    read: byPartition(({ records }) => records),
  },
  {
    name: 'forbruk_counted_requests_total',
    kind: 'counter',
    help: 'Requests that are counted, each once but for copies that are found later.',
    labels: ['partition'],
    read: byPartition(({ requests }) => requests),
  },
  {
    name: 'forbruk_duplicate_events_total',
    kind: 'counter',
    help: 'Events that came again and were not counted again.',
    labels: ['partition'],
    read: byPartition(({ duplicates }) => duplicates),
  },
  {
    name: 'forbruk_rejected_events_total',
    kind: 'counter',
    help: 'Events that could not be counted as they came, by reason.',
    labels: ['reason'],
    read: ({ rejected }) => sumByReason(rejected),
  },
  {
    name: 'forbruk_rejected_events_open',
    kind: 'gauge',
    help: 'Rejected events that are neither waived nor mended; a month that they may be of is not closed.',
    labels: ['reason'],
    read: ({ rejected }) =>
      sumByReason(rejected.filter(({ state }) => state === 'open' || state === 'mending')),
  },
  {
    name: 'forbruk_log_end_offset',
    kind: 'gauge',
    help: 'The offset that the next record of the event log gets.',
    labels: ['partition'],
    read: byPartition(({ endOffset }) => endOffset),
  },
  {
    name: 'forbruk_lag_records',
    kind: 'gauge',
    help: 'Offsets of the event log that are not counted yet.',
    labels: ['partition'],
    read: byPartition(({ endOffset, nextOffset }) => Math.max(0, endOffset - nextOffset)),
  },
  {
    name: 'forbruk_newest_counted_timestamp_seconds',
    kind: 'gauge',
    help: 'When the newest counted record was appended to the log.',
    labels: ['partition'],
    read: byPartition(({ newestCountedMs }) => toSeconds(newestCountedMs)),
  },
  {
    name: 'forbruk_oldest_uncounted_timestamp_seconds',
    kind: 'gauge',
    help: 'When the oldest uncounted record was appended or, where it cannot be read, the newest counted one.',
    labels: ['partition'],
    read: byPartition(({ oldestUncountedMs }) => toSeconds(oldestUncountedMs)),
  },
  {
    name: 'forbruk_freshness_seconds',
    kind: 'gauge',
    help: 'How long the oldest uncounted record of all partitions has waited; 0 where all is counted.',
    labels: [],
    read: facts => [{ value: freshnessOf(facts) }],
  },
  {
    name: 'forbruk_partitions_standing',
    kind: 'gauge',
    help: 'Partitions with records that no process has counted on for 8 s or more, or that nobody agreed to count.',
    labels: [],
    read: ({ standing }) => [{ value: standing }],
  },
]

function byPartition(figure: (partition: PartitionFigures) => number | null) {
  return ({ partitions }: MetricFacts): Sample[] =>
    partitions.flatMap(each => {
      const value = figure(each)
      return value === null ? [] : [{ labels: { partition: String(each.partition) }, value }]
    })
}

function toSeconds(timeMs: number | null): number | null {
  return timeMs === null ? null : timeMs / 1_000
}

/** The log's clock may be ahead of this one. */
function freshnessOf({ partitions, nowMs }: MetricFacts): number {
  const oldestMs = Math.min(nowMs, ...partitions.flatMap(({ oldestUncountedMs }) => oldestUncountedMs ?? []))
  return (nowMs - oldestMs) / 1_000
}

function sumByReason(rejected: MetricFacts['rejected']): Sample[] {
  const byReason = Map.groupBy(rejected, ({ reason }) => reason)
  return [...byReason].map(([reason, all]) => ({
    labels: { reason },
    value: all.reduce((sum, { events }) => sum + events, 0),
  }))
}
