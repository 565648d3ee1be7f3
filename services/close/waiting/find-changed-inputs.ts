import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { findTariffVersion, type Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { ratingTerms } from '../rating/rating-terms.ts'
import type { RegistryComparison } from '../registry/compare-registries.ts'
import { type RegistryVersion, versionFor } from '../registry/registry-versions.ts'

type RatedWith = {
  readonly month: string
  readonly registryImportId: string
  readonly tariffHash: string
}

type CurrentInputs = {
  readonly versions: readonly RegistryVersion[]
  readonly tariff: Tariff
  readonly isSameRegistry: RegistryComparison
}

export type ChangedInput = 'registry' | 'tariff'

/** What holds for a month now, and says something else of it than what its revision was rated with. */
export async function findChangedInputs(
  { month, registryImportId, tariffHash }: RatedWith,
  { versions, tariff, isSameRegistry }: CurrentInputs,
): Promise<ChangedInput[]> {
  const importId = versionFor(versions, month)?.importId ?? registryImportId
  const isRegistryKept = await isSameRegistry(parseBillingPeriod(month), registryImportId, importId)
  return [
    ...(isRegistryKept ? [] : ['registry' as const]),
    ...(hashTariff(tariff, month) === tariffHash ? [] : ['tariff' as const]),
  ]
}

/** Null where the tariff can't rate the month any more. */
function hashTariff(tariff: Tariff, month: string): string | null {
  const version = findTariffVersion(tariff, month)
  return version && hashContent(ratingTerms(tariff, version))
}
