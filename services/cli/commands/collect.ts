import { once } from 'node:events'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { Command } from 'commander'
import { startCollector } from '../wiring/collector/start-collector.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'

const DEFAULT_LISTEN = { host: '127.0.0.1', port: 8090 }

export function collectCommand(context: CommandContext): Command {
  return new Command('collect')
    .description(
      "take gateways' requests over HTTP into the event log, on FORBRUK_COLLECT_LISTEN (127.0.0.1:8090), until stopped",
    )
    .action(async () => {
      await using parts = openParts(context)
      const signal = signalOfShutdown()
      await using _collector = await startCollector(parts, parts.config.collector.listen ?? DEFAULT_LISTEN)
      if (!signal.aborted) await once(signal, 'abort')
      parts.logger.info('stopping')
    })
}
