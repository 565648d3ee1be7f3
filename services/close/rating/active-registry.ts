import { type BillingPeriod, periodDates } from '@forbruk/schemas/period/billing-period.ts'
import type { Activation, Client, Integration, Registry } from '@forbruk/schemas/registry/registry.ts'

/** The registry as it holds in one month, ready to look things up in. */
export type ActiveRegistry = {
  readonly clientById: ReadonlyMap<string, Client>
  readonly partnerIds: ReadonlySet<string>
  readonly integrationById: ReadonlyMap<string, Integration>
  /** Integrations that a client has active on at least one day of the month, by integration id. */
  readonly activeByClient: ReadonlyMap<string, readonly Integration[]>
  /** Per partner that pays a tier, those of its own clients that have a partner integration active in the month. */
  readonly clientsByPayingPartner: ReadonlyMap<string, readonly Client[]>
}

export function takeActiveRegistry(registry: Registry, period: BillingPeriod): ActiveRegistry {
  const integrationById = new Map(registry.integrations.map(each => [each.integrationId, each]))
  const partnerIds = new Set(registry.partners.map(partner => partner.partnerId))
  const activeByClient = findActive(registry, integrationById, period)
  return {
    clientById: new Map(registry.clients.map(client => [client.clientId, client])),
    partnerIds,
    integrationById,
    activeByClient,
    clientsByPayingPartner: findPartnerClients(registry.clients, partnerIds, activeByClient),
  }
}

export function activeOfKind(
  active: ActiveRegistry,
  clientId: string,
  kinds: readonly Integration['kind'][],
): readonly Integration[] {
  return (active.activeByClient.get(clientId) ?? []).filter(({ kind }) => kinds.includes(kind))
}

/** A client of nobody's that is no partner itself: partners' integrations are not offered to it. */
export function isEndCustomer(clientId: string, active: ActiveRegistry): boolean {
  const client = active.clientById.get(clientId)
  return client !== undefined && client.partnerId === null && !active.partnerIds.has(clientId)
}

/** Pure: those that hold on at least one day of the month. */
export function activationsIn(activations: readonly Activation[], period: BillingPeriod): Activation[] {
  const { first, afterLast } = periodDates(period)
  return activations.filter(
    ({ activeFrom, activeUntil }) => activeFrom < afterLast && (activeUntil === null || activeUntil > first),
  )
}

function findActive(
  registry: Registry,
  integrationById: ReadonlyMap<string, Integration>,
  period: BillingPeriod,
): Map<string, readonly Integration[]> {
  const activations = activationsIn(registry.activations, period)
  const byClient = Map.groupBy(activations, activation => activation.clientId)
  const active = new Map<string, readonly Integration[]>()
  for (const [clientId, ofClient] of byClient) {
    // An integration that was switched off and on again in the month is one.
    const ids = [...new Set(ofClient.map(each => each.integrationId))].toSorted()
    active.set(
      clientId,
      ids.flatMap(id => integrationById.get(id) ?? []),
    )
  }
  return active
}

/**
 * A partner pays for its clients on partner integrations, and for its own use of one with none of them. Where a partner
 * is itself another's client, its activation counts there.
 */
function findPartnerClients(
  clients: readonly Client[],
  partnerIds: ReadonlySet<string>,
  activeByClient: ReadonlyMap<string, readonly Integration[]>,
): Map<string, Client[]> {
  const found = new Map<string, Client[]>()
  const listOf = (partnerId: string): Client[] => {
    const list = found.get(partnerId) ?? []
    found.set(partnerId, list)
    return list
  }
  for (const client of clients) {
    const { clientId, partnerId } = client
    if (!(activeByClient.get(clientId) ?? []).some(({ kind }) => kind === 'partner')) continue
    if (partnerId !== null) listOf(partnerId).push(client)
    else if (partnerIds.has(clientId)) listOf(clientId)
  }
  return found
}
