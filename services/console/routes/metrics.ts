import { z } from 'zod'
import { keepBriefly } from '../metrics/keep-briefly.ts'
import type { MetricFacts } from '../metrics/metric-facts.ts'
import { METRICS } from '../metrics/metrics.ts'
import { renderMetrics } from '../metrics/render-metrics.ts'
import type { ConsoleServer } from '../server/build-server.ts'

export type MetricReads = { readMetrics(): Promise<MetricFacts> }

/** However many scrape it, and however often. */
const KEPT_MS = 10_000

export function addMetricsRoute(app: ConsoleServer, { readMetrics }: MetricReads): void {
  const facts = keepBriefly(readMetrics, KEPT_MS, () => performance.now())
  app.get(
    '/metrics',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Figures for a monitoring system, in the text format of Prometheus; at most ten seconds old',
        response: {
          200: { description: 'The figures', content: { 'text/plain': { schema: z.string() } } },
        },
      },
    },
    async (_request, reply) => {
      const { contentType, text } = await renderMetrics(METRICS, await facts())
      return reply.type(contentType).send(text)
    },
  )
}
