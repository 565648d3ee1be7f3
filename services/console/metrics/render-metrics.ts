import { Counter, Gauge, Registry } from 'prom-client'
import type { Metric } from './metric.ts'

/** Prometheus' text format, 0.0.4. */
export async function renderMetrics<Facts>(
  metrics: readonly Metric<Facts>[],
  facts: Facts,
): Promise<{ readonly contentType: string; readonly text: string }> {
  const registry = new Registry()
  for (const { name, kind, help, labels, read } of metrics) {
    const samples = read(facts)
    // Without labels the library would tell of what is not known as 0.
    if (samples.length === 0 && labels.length === 0) continue
    const options = { name, help, labelNames: labels, registers: [registry] }
    if (kind === 'counter') {
      const counter = new Counter(options)
      for (const { labels: of = {}, value } of samples) counter.inc(of, value)
    } else {
      const gauge = new Gauge(options)
      for (const { labels: of = {}, value } of samples) gauge.set(of, value)
    }
  }
  return { contentType: registry.contentType, text: await registry.metrics() }
}
