import { type CollectorFigures, openCollector } from '@forbruk/collector/open-collector.ts'
import { COLLECTOR_METRICS } from '@forbruk/console/metrics/collector-metrics.ts'
import { renderMetrics } from '@forbruk/console/metrics/render-metrics.ts'
import type { Address } from '@forbruk/infra/runtime/address.ts'
import type { Parts } from '../parts/open-parts.ts'
import { readCollectorTokens } from './read-collector-tokens.ts'

export type RunningCollector = AsyncDisposable & {
  /** Null where it isn't to listen anywhere. */
  figures(): CollectorFigures | null
}

/** The collector into the event log, until it is disposed of; nothing where it isn't to listen anywhere. */
export async function startCollector(parts: Parts, listen: Address | null): Promise<RunningCollector> {
  if (listen === null) return { figures: () => null, async [Symbol.asyncDispose]() {} }
  const { config, logger } = parts
  const { tokensPath } = config.collector
  const holders = tokensPath === null ? null : await readCollectorTokens(tokensPath)
  const opened = await openCollector({
    ...{ listen, holders, log: await parts.log(), logger },
    renderMetrics: collector => renderMetrics(COLLECTOR_METRICS, { collector }),
  })
  return { figures: () => opened.figures(), [Symbol.asyncDispose]: () => opened.close() }
}
