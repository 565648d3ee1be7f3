import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { activationsIn } from '../rating/active-registry.ts'

/** Pure: whether two registries say the same of a month. Activations of other months, and where invoices go, don't. */
export function isSameInMonth(registry: Registry, other: Registry, period: BillingPeriod): boolean {
  return digest(registry, period) === digest(other, period)
}

function digest({ clients, partners, integrations, activations }: Registry, period: BillingPeriod): string {
  const active = activationsIn(activations, period)
  return hashContent({
    clients: clients.map(({ buyer: _, ...client }) => client),
    partners,
    integrations,
    active: [...new Set(active.map(each => JSON.stringify([each.clientId, each.integrationId])))].sort(),
  })
}
