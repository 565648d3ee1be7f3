import { aggregate } from '@forbruk/aggregator/run/aggregate.ts'
import { type Closer, closeAndAnnounce } from '@forbruk/close/close-and-announce.ts'
import { oneAtATime } from '@forbruk/close/schedule/one-at-a-time.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { serveReadOnly } from '@forbruk/infra/store/endpoint/serve-read-only.ts'
import { Command } from 'commander'
import { startCollector } from '../wiring/collector/start-collector.ts'
import { startWaitingWatch } from '../wiring/console/waiting-reader.ts'
import { startIntakes } from '../wiring/intake/start-intakes.ts'
import { awaitLog } from '../wiring/log/await-log.ts'
import { watchStandstills } from '../wiring/log/watch-standstills.ts'
import { closingParts } from '../wiring/parts/closing-parts.ts'
import { type CommandContext, openParts, type Parts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'
import { scheduleCloses } from '../wiring/schedule-closes.ts'
import { startAlerts } from '../wiring/start-alerts.ts'

export function upCommand(context: CommandContext): Command {
  return new Command('up')
    .description(
      'everything in one process: the aggregator, usage alerts, the scheduled close, console and API, the collector ' +
        'where FORBRUK_COLLECT_LISTEN is set, and the read-only endpoint of an embedded store',
    )
    .action(async () => {
      await using parts = openParts(context)
      const signal = signalOfShutdown()
      const store = await parts.store()
      const log = await awaitLog(parts, signal)
      if (log === null) return
      const tariff = await readTariffFile(parts.config.tariffPath)
      const closing = closingParts(parts)
      const close: Closer = oneAtATime(request => closeAndAnnounce(closing, request))
      await using _endpoint = await serveEmbeddedStore(parts)
      await using _alerts = await startAlerts(parts)
      await using _waiting = await startWaitingWatch(parts, tariff)
      await using _intakes = await startIntakes(parts)
      await using collector = await startCollector(parts, parts.config.collector.listen)
      await using watch = await watchStandstills(parts)
      // Loaded only here: the web server is a third of the program, and every other command would start later for it.
      const { serveConsole } = await import('../wiring/console/serve-console.ts')
      await using _console = await serveConsole(parts, tariff, close, watch, () => collector.figures())
      parts.logger.info({ log: parts.config.log.kind, topic: log.topic, store: store.kind }, 'counting')
      const ended = new AbortController()
      const scheduled = scheduleCloses(
        parts,
        tariff.timeZone,
        close,
        AbortSignal.any([signal, ended.signal]),
      ).catch(error => parts.logger.error({ err: error }, 'months are closed by schedule no more'))
      try {
        const { onHeld } = watch
        await aggregate({ log, store, logger: parts.logger, signal, untilCaughtUp: false, onHeld })
      } finally {
        ended.abort()
        await scheduled
      }
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
