import { approveAndAnnounce, type Closer } from '@forbruk/close/close-and-announce.ts'
import { openConsole } from '@forbruk/console/open-console.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { closingParts } from './closing-parts.ts'
import { createConsoleOperations } from './console-operations.ts'
import type { Parts } from './open-parts.ts'
import { readSellerIfNamed } from './read-seller-file.ts'
import { readTariffFile } from './read-tariff-file.ts'
import { waitingReader } from './waiting-reader.ts'
import type { StandstillWatch } from './watch-standstills.ts'

/** The console over the store, until it is disposed of. */
export async function serveConsole(
  parts: Parts,
  tariff: Tariff,
  close: Closer,
  watch: Pick<StandstillWatch, 'current'>,
): Promise<AsyncDisposable> {
  const { config, logger } = parts
  const store = await parts.store()
  const closing = closingParts(parts)
  const operations = createConsoleOperations({
    store,
    stream: config.log.topic,
    close,
    openLog: () => parts.log(),
    readTariff: () => readTariffFile(config.tariffPath).catch(() => tariff),
    readWaiting: waitingReader(store, config, tariff, () => parts.log()),
    approve: request => approveAndAnnounce(closing, request),
    statementsTopic: closing.statementsTopic,
    timeZone: tariff.timeZone,
    seller: await readSellerIfNamed(config.sellerPath),
    clock: Date.now,
    findStandstills: () => watch.current(),
  })
  const opened = await openConsole({ ...config.console, logger }, operations)
  return { [Symbol.asyncDispose]: () => opened.close() }
}
