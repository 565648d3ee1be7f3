import type { Closer } from '@forbruk/close/close-and-announce.ts'
import { openConsole } from '@forbruk/console/open-console.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { createConsoleOperations } from './console-operations.ts'
import type { Parts } from './open-parts.ts'
import type { StandstillWatch } from './watch-standstills.ts'

/** The console over the store, until it is disposed of. */
export async function serveConsole(
  parts: Parts,
  tariff: Tariff,
  close: Closer,
  watch: Pick<StandstillWatch, 'current'>,
): Promise<AsyncDisposable> {
  const { config, logger } = parts
  const operations = createConsoleOperations({
    store: await parts.store(),
    close,
    timeZone: tariff.timeZone,
    clock: Date.now,
    findStandstills: () => watch.current(),
  })
  const opened = await openConsole({ ...config.console, logger }, operations)
  return { [Symbol.asyncDispose]: () => opened.close() }
}
