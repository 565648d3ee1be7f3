import { type BillingPeriod, periodDates } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'

/** Pure: whether two registries say the same of a month. Activations of other months, and where invoices go, don't. */
export function isSameInMonth(registry: Registry, other: Registry, period: BillingPeriod): boolean {
  return digest(registry, period) === digest(other, period)
}

function digest({ clients, partners, integrations, activations }: Registry, period: BillingPeriod): string {
  const { first, afterLast } = periodDates(period)
  const active = activations.filter(
    ({ activeFrom, activeUntil }) => activeFrom < afterLast && (activeUntil === null || activeUntil > first),
  )
  return hashContent({
    clients: clients.map(({ buyer: _, ...client }) => client),
    partners,
    integrations,
    active: [...new Set(active.map(each => JSON.stringify([each.clientId, each.integrationId])))].sort(),
  })
}
