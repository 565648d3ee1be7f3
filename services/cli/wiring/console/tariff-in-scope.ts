import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { type BillingPeriod, periodAt } from '@forbruk/schemas/period/billing-period.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'

/**
 * Pure: what somebody may know of it for a month. Who sees some clients alone knows no prices before the month in which
 * they hold has begun: until then they can be changed, and nobody was promised them.
 */
export function tariffInScope(scope: Scope, tariff: Tariff, { month }: BillingPeriod, nowMs: number): Tariff {
  if (scope.kind === 'all') return tariff
  const now = periodAt(nowMs, tariff.timeZone).month
  return { ...tariff, versions: tariff.versions.filter(({ validFrom }) => month <= now && validFrom <= now) }
}
