import type { Metric, Sample } from './metric.ts'
import type { IntakeFigures, MetricFacts } from './metric-facts.ts'
import { nameSources } from './name-sources.ts'

type SourceMetricsFacts = Pick<MetricFacts, 'sources' | 'sourcesSilent' | 'sourcesRetired' | 'intakes'>

/** What comes from where, and how complete it is. */
export const SOURCE_METRICS: readonly Metric<SourceMetricsFacts>[] = [
  {
    name: 'forbruk_sources',
    kind: 'gauge',
    help: 'Sources by state: live, silent (expected and never heard of) or retired.',
    labels: ['state'],
    read: ({ sources, sourcesSilent, sourcesRetired }) => [
      { labels: { state: 'live' }, value: sources.length },
      { labels: { state: 'silent' }, value: sourcesSilent.length },
      { labels: { state: 'retired' }, value: sourcesRetired },
    ],
  },
  {
    name: 'forbruk_source_events_total',
    kind: 'counter',
    help: 'Events of a source that are counted or rejected, each once.',
    labels: ['source'],
    read: facts => bySource(facts).map(({ label, events }) => ({ labels: { source: label }, value: events })),
  },
  {
    name: 'forbruk_source_missing_events',
    kind: 'gauge',
    help: 'Events that a source says it has shipped and that have not arrived.',
    labels: ['source'],
    read: facts =>
      bySource(facts).map(({ label, missing }) => ({ labels: { source: label }, value: missing })),
  },
  {
    name: 'forbruk_source_complete_through_timestamp_seconds',
    kind: 'gauge',
    help: 'Through which time a source has shipped everything, by its marks, as far as they are counted; none without.',
    labels: ['source'],
    read: facts =>
      bySource(facts).flatMap(({ label, throughMs }) =>
        throughMs === null ? [] : [{ labels: { source: label }, value: throughMs / 1_000 }],
      ),
  },
  {
    name: 'forbruk_source_obstacles',
    kind: 'gauge',
    help: 'What keeps a source from being complete until a person sees to it, by reason.',
    labels: ['source', 'reason'],
    read: facts =>
      bySource(facts).flatMap(({ label, obstacles }) =>
        [...obstacles].map(([reason, value]) => ({ labels: { source: label, reason }, value })),
      ),
  },
  {
    name: 'forbruk_intake_next_offset',
    kind: 'gauge',
    help: "The offset of a shipper's topic below which all is taken in and counted.",
    labels: ['source', 'partition'],
    read: byForeignPartition(({ nextOffset }) => nextOffset),
  },
  {
    name: 'forbruk_intake_lag_records',
    kind: 'gauge',
    help: "Offsets of a shipper's topic that are not taken in and counted yet.",
    labels: ['source', 'partition'],
    read: byForeignPartition(({ nextOffset, endOffset }) => Math.max(0, endOffset - nextOffset)),
  },
]

function bySource({ sources, sourcesSilent }: SourceMetricsFacts) {
  return nameSources(sources, sourcesSilent)
}

function byForeignPartition(figure: (intake: IntakeFigures) => number) {
  return ({ intakes }: SourceMetricsFacts): Sample[] =>
    intakes.map(each => ({
      labels: { source: each.source, partition: String(each.partition) },
      value: figure(each),
    }))
}
