import type { MonthRules } from '@forbruk/alerts/judge/judge-months.ts'
import { takeActiveRegistry } from '@forbruk/close/rating/active-registry.ts'
import { measureUses } from '@forbruk/close/rating/measure-uses.ts'
import { readStoredRegistry } from '@forbruk/close/registry/read-stored-registry.ts'
import { readVersionFor } from '@forbruk/close/registry/registry-versions.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { allowanceBytes, findTariffVersion, type Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'

/**
 * What a month's usage is judged by, as the close will rate it: the registry and the tariff that hold for it. The
 * registry is read again only when another has come to hold.
 */
export function createRulesReader(store: Store, tariff: Tariff) {
  const known = new Map<string, { readonly importId: string; readonly rules: MonthRules }>()

  return async function readRules(period: BillingPeriod): Promise<MonthRules | null> {
    const version = findTariffVersion(tariff, period.month)
    const registryVersion = await readVersionFor(store, period.month)
    if (version === null || registryVersion === null) return null
    const before = known.get(period.month)
    if (before?.importId === registryVersion.importId) return before.rules
    const stored = await readStoredRegistry(store, period.month)
    if (stored === null) return null
    const active = takeActiveRegistry(stored.registry, period)
    const rules: MonthRules = {
      allowance: {
        requests: BigInt(version.consumption.allowance.requests),
        bytes: allowanceBytes(version),
      },
      meter(clientId, uses) {
        const metered = measureUses(clientId, uses, active, version).map(use => use.metered)
        return {
          requests: metered.reduce((sum, each) => sum + each.requests, 0n),
          bytes: metered.reduce((sum, each) => sum + each.bytes, 0n),
        }
      },
    }
    // At most the running month and the one before are asked for.
    for (const month of known.keys()) if (known.size > 1) known.delete(month)
    known.set(period.month, { importId: stored.importId, rules })
    return rules
  }
}
