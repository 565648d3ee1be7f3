import { once } from 'node:events'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { Command } from 'commander'
import { type CommandContext, openParts } from '../open-parts.ts'
import { closeAndAnnounce, oneAtATime } from '../operations/close-and-announce.ts'
import { readTariffFile } from '../read-tariff-file.ts'

export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description('console and API alone, on FORBRUK_LISTEN; forbruk up has them too')
    .action(async () => {
      await using parts = openParts(context)
      const signal = signalOfShutdown()
      const tariff = await readTariffFile(parts.config.tariffPath)
      const close = oneAtATime(request => closeAndAnnounce({ parts, clock: Date.now }, request))
      // Loaded only here: the web server is a third of the program, and every other command would start later for it.
      const { serveConsole } = await import('../operations/serve-console.ts')
      await using _console = await serveConsole(parts, tariff, close)
      if (!signal.aborted) await once(signal, 'abort')
      parts.logger.info('stopping')
    })
}
