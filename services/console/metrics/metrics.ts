import { COLLECTOR_METRICS } from './collector-metrics.ts'
import { COUNTING_METRICS } from './counting-metrics.ts'
import type { Metric } from './metric.ts'
import type { MetricFacts } from './metric-facts.ts'
import { SOURCE_METRICS } from './source-metrics.ts'
import { WORK_METRICS } from './work-metrics.ts'

/** All that is told, as docs/operating.md lists it. */
export const METRICS: readonly Metric<MetricFacts>[] = [
  ...COUNTING_METRICS,
  ...SOURCE_METRICS,
  ...COLLECTOR_METRICS,
  ...WORK_METRICS,
]
