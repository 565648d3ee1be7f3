import { verifyMoney } from '@forbruk/close/verify/verify-money.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { inspectStore } from '@forbruk/infra/store/inspect-store.ts'
import type { StoreSettings } from '@forbruk/infra/store/store-settings.ts'
import { openParts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'
import { ok, type Verdict } from './finding.ts'

/** A screen holds no more; the audit names all. */
const NAMED_MAX = 3

/** Whether what money rests on is as it was recorded; what is not is to be restored, from where. */
export async function examineRecords(config: Config): Promise<Verdict> {
  const { exists, servedAt } = await inspectStore(config.store)
  if (!exists) return ok('nothing is recorded yet')
  // Opening it would keep out whoever is to count.
  if (config.store.kind === 'embedded' && servedAt === null)
    return ok('forbruk is not up: forbruk audit looks at what is recorded')
  await using parts = openParts({ readConfig: () => ({ ...config, logLevel: 'silent' }) })
  const tariff = await readTariffFile(config.tariffPath)
  const { findings, verified } = await verifyMoney(await parts.readableStore(), tariff)
  if (findings.length === 0) return ok(`${verified} rows that money rests on are as they were written`)
  const named = findings.slice(0, NAMED_MAX).map(({ place, message }) => `${place}: ${message}`)
  const more = findings.length > named.length ? [`${findings.length - named.length} more`] : []
  const found = [...named, ...more, `restore ${whereOf(config.store)}; forbruk audit names all`].join('\n')
  return { state: 'problem', found }
}

/** Pure. */
function whereOf(settings: StoreSettings): string {
  return settings.kind === 'server'
    ? `those rows of database "${settings.database}" at ${settings.url} from its newest back-up that passes`
    : `the folder ${settings.path} as a whole from its newest back-up that passes`
}
