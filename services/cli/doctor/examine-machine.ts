import type { Config } from '@forbruk/infra/runtime/config.ts'
import { ConfigError } from '@forbruk/infra/runtime/config-error.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'
import { examineAddress } from './examine-address.ts'
import { examineCounting } from './examine-counting.ts'
import { examineFolder } from './examine-folder.ts'
import { examineIntakes } from './examine-intakes.ts'
import { examineLog } from './examine-log.ts'
import { examineRecords } from './examine-records.ts'
import { examineStore } from './examine-store.ts'
import { examine, type Finding, ok, type Verdict } from './finding.ts'

/** Looks at all that `up` needs, one after the other, and makes nothing. */
export async function* examineMachine(readConfig: () => Config): AsyncGenerator<Finding> {
  yield await examine('node', async () =>
    ok(`${process.versions.node} on ${process.platform} ${process.arch}`),
  )
  let config: Config
  try {
    config = readConfig()
  } catch (error) {
    // What else there is to look at is not known then.
    if (!(error instanceof ConfigError)) throw error
    yield { check: 'settings', state: 'problem', found: error.message }
    return
  }
  yield { check: 'settings', state: 'ok', found: 'each as expected' }
  yield await examine('data folder', () => examineFolder(config.dataDir))
  const log = await examine('event log', () => examineLog(config.log))
  yield log
  const store = await examine('store', () => examineStore(config.store))
  yield store
  if (log.state !== 'problem' && store.state !== 'problem') {
    yield await examine('counting', () => examineCounting(config))
    yield await examine('intakes', () => examineIntakes(config))
  }
  if (store.state !== 'problem') yield await examine('records', () => examineRecords(config))
  yield await examine('tariff', () => examineTariff(config.tariffPath))
  yield await examine('console', () => examineAddress('FORBRUK_LISTEN', config.console.listen))
  if (config.store.kind === 'embedded') {
    yield await examine('store endpoint', () => examineAddress('FORBRUK_STORE_LISTEN', config.storeListen))
  }
}

async function examineTariff(path: string | null): Promise<Verdict> {
  const tariff = await readTariffFile(path)
  const months = tariff.versions.map(({ validFrom }) => `from ${validFrom}`).join(', ')
  return ok(
    path === null ? `the published prices, ${months}; for others set FORBRUK_TARIFF` : `${path}, ${months}`,
  )
}
