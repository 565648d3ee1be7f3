import { aggregate } from '@forbruk/aggregator/aggregate.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { serveReadOnly } from '@forbruk/infra/store/serve-read-only.ts'
import { Command } from 'commander'
import { type CommandContext, openParts, type Parts } from '../open-parts.ts'
import { startAlerts } from '../start-alerts.ts'

export function upCommand(context: CommandContext): Command {
  return new Command('up')
    .description(
      'everything in one process: the aggregator, usage alerts, and the read-only endpoint of an embedded store',
    )
    .action(async () => {
      await using parts = openParts(context)
      const signal = signalOfShutdown()
      const store = await parts.store()
      const log = await parts.log()
      await using _endpoint = await serveEmbeddedStore(parts)
      await using _alerts = await startAlerts(parts)
      parts.logger.info({ log: parts.config.log.kind, topic: log.topic, store: store.kind }, 'counting')
      await aggregate({ log, store, logger: parts.logger, signal, untilCaughtUp: false })
      parts.logger.info('stopped in order')
    })
}

/** A server answers for itself; an embedded store can be reached from outside only through this process. */
async function serveEmbeddedStore({ config, logger }: Parts): Promise<AsyncDisposable> {
  if (config.store.kind === 'server') return { async [Symbol.asyncDispose]() {} }
  const { path, database } = config.store
  const endpoint = await serveReadOnly({ path, database, ...config.storeListen, logger })
  logger.info({ url: endpoint.url }, "ClickHouse's HTTP protocol, read-only")
  return {
    [Symbol.asyncDispose]: () => endpoint.close(),
  }
}
