import { approveAndAnnounce, type Closer } from '@forbruk/close/close-and-announce.ts'
import { openConsole } from '@forbruk/console/open-console.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { RunningCollector } from '../collector/start-collector.ts'
import { openIntakePlaces } from '../intake/intake-places.ts'
import type { StandstillWatch } from '../log/watch-standstills.ts'
import { closingParts } from '../parts/closing-parts.ts'
import type { Parts } from '../parts/open-parts.ts'
import { readSellerIfNamed } from '../parts/read-seller-file.ts'
import { readTariffFile } from '../parts/read-tariff-file.ts'
import { createAccessOperations } from './access-operations.ts'
import { createConsoleOperations } from './console-operations.ts'
import { waitingReader } from './waiting-reader.ts'

/** The console over the store, until it is disposed of. */
export async function serveConsole(
  parts: Parts,
  tariff: Tariff,
  close: Closer,
  watch: Pick<StandstillWatch, 'current'>,
  readCollector: RunningCollector['figures'],
): Promise<AsyncDisposable> {
  const { config, logger } = parts
  const store = await parts.store()
  const closing = closingParts(parts)
  const intakes = openIntakePlaces(parts)
  const operations = createConsoleOperations({
    store,
    stream: config.log.topic,
    close,
    openLog: () => parts.log(),
    originals: parts,
    readTariff: () => readTariffFile(config.tariffPath).catch(() => tariff),
    readWaiting: waitingReader(store, config, tariff, () => parts.log()),
    approve: request => approveAndAnnounce(closing, request),
    statementsTopic: closing.statementsTopic,
    timeZone: tariff.timeZone,
    seller: await readSellerIfNamed(config.sellerPath),
    clock: Date.now,
    findStandstills: () => watch.current(),
    readIntakes: () => intakes.read(),
    readCollector,
  })
  const opened = await openConsole(
    { ...config.console, logger, clock: Date.now },
    { ...operations, ...createAccessOperations(store, Date.now) },
  )
  return {
    async [Symbol.asyncDispose]() {
      await opened.close()
      await intakes[Symbol.asyncDispose]()
    },
  }
}
