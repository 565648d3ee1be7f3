import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { isSameInMonth } from './is-same-in-month.ts'
import { readRegistryImport } from './read-stored-registry.ts'

/** Whether two imports say the same of a month. */
export type RegistryComparison = (
  period: BillingPeriod,
  importId: string,
  otherId: string,
) => Promise<boolean>

/** What was imported never changes, so each pair is read once. */
export function compareRegistries(store: Store): RegistryComparison {
  const known = new Map<string, boolean>()
  return async (period, importId, otherId) => {
    if (importId === otherId) return true
    const key = JSON.stringify([period.month, importId, otherId])
    const before = known.get(key)
    if (before !== undefined) return before
    const registry = await readRegistryImport(store, importId)
    const isSame = isSameInMonth(registry, await readRegistryImport(store, otherId), period)
    known.set(key, isSame)
    return isSame
  }
}
