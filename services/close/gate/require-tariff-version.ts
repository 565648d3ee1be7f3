import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { findTariffVersion, type Tariff, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { CloseRefusedError } from './refusal.ts'

/** What the month is rated by. Throws CloseRefusedError where the tariff begins after it. */
export function requireTariffVersion(tariff: Tariff, { month }: BillingPeriod): TariffVersion {
  const version = findTariffVersion(tariff, month)
  if (version !== null) return version
  const from = tariff.versions[0]?.validFrom ?? 'never'
  throw new CloseRefusedError(month, [{ kind: 'tariff_missing', from }])
}
