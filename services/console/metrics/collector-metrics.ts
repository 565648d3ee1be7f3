import type { Metric } from './metric.ts'
import type { MetricFacts } from './metric-facts.ts'

/** What a collector has done; one that runs by itself tells nothing else. */
export const COLLECTOR_METRICS: readonly Metric<Pick<MetricFacts, 'collector'>>[] = [
  {
    name: 'forbruk_collector_in_flight_bytes',
    kind: 'gauge',
    help: 'Bytes of bodies and events on their way to the log, of the collector in this process.',
    labels: [],
    read: ({ collector }) => (collector === null ? [] : [{ value: collector.inFlightBytes }]),
  },
  {
    name: 'forbruk_collector_events_total',
    kind: 'counter',
    help: 'Events that the collector in this process has brought to the log: to be counted, or rejected.',
    labels: ['outcome'],
    read: ({ collector }) =>
      collector === null
        ? []
        : [
            { labels: { outcome: 'accepted' }, value: collector.accepted },
            { labels: { outcome: 'rejected' }, value: collector.rejected },
          ],
  },
  {
    name: 'forbruk_collector_refused_requests_total',
    kind: 'counter',
    help: 'HTTP requests of which the collector in this process took nothing, by the kind of its answer.',
    labels: ['reason'],
    read: ({ collector }) =>
      [...(collector?.refused ?? [])].map(([reason, value]) => ({ labels: { reason }, value })),
  },
]
