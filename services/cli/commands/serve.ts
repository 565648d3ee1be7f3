import { once } from 'node:events'
import { type Closer, closeAndAnnounce } from '@forbruk/close/close-and-announce.ts'
import { oneAtATime } from '@forbruk/close/schedule/one-at-a-time.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { Command } from 'commander'
import { watchStandstills } from '../wiring/log/watch-standstills.ts'
import { closingParts } from '../wiring/parts/closing-parts.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'

export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description('console and API alone, on FORBRUK_LISTEN; forbruk up has them too')
    .action(async () => {
      await using parts = openParts(context)
      const signal = signalOfShutdown()
      const tariff = await readTariffFile(parts.config.tariffPath)
      const closing = closingParts(parts)
      const close: Closer = oneAtATime(request => closeAndAnnounce(closing, request))
      await using watch = await watchStandstills(parts)
      // Loaded only here: the web server is a third of the program, and every other command would start later for it.
      const { serveConsole } = await import('../wiring/console/serve-console.ts')
      await using _console = await serveConsole(parts, tariff, close, watch, () => null)
      if (!signal.aborted) await once(signal, 'abort')
      parts.logger.info('stopping')
    })
}
