import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { type Tariff, TariffError, tariffVersionFor } from '@forbruk/schemas/tariff/read-tariff.ts'
import { ratingTerms } from '../rating/rating-terms.ts'
import type { RegistryComparison } from '../registry/compare-registries.ts'
import { readVersions, versionFor } from '../registry/registry-versions.ts'
import type { ChangedInputs } from './list-held-up.ts'

/** An older month is settled, or known to whoever left it. */
const MONTHS_MAX = 12

const { list, shape } = select(monthCloses, 'month', 'revision', 'registryImportId', 'tariffHash')

/** The months of late whose newest revision was rated with another registry or tariff than holds for them now. */
export async function readChangedInputs(
  store: Store,
  tariff: Tariff,
  isSameRegistry: RegistryComparison,
): Promise<ChangedInputs[]> {
  const closes = await store.query(
    `SELECT ${list} FROM month_closes WHERE is_latest ORDER BY month DESC LIMIT ${MONTHS_MAX}`,
    shape,
  )
  const versions = await readVersions(store)
  const changed: ChangedInputs[] = []
  for (const { month, revision, registryImportId, tariffHash } of closes.toReversed()) {
    const importId = versionFor(versions, month)?.importId ?? registryImportId
    const causes: ChangedInputs['causes'][number][] = []
    if (!(await isSameRegistry(parseBillingPeriod(month), registryImportId, importId)))
      causes.push('registry')
    if (hashTariff(tariff, month) !== tariffHash) causes.push('tariff')
    if (causes.length > 0) changed.push({ month, revision, causes })
  }
  return changed
}

/** Null where the tariff can't rate the month any more. */
function hashTariff(tariff: Tariff, month: string): string | null {
  try {
    return hashContent(ratingTerms(tariff, tariffVersionFor(tariff, month)))
  } catch (error) {
    if (error instanceof TariffError) return null
    throw error
  }
}
