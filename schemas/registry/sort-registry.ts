import type { Activation, Registry } from './registry.ts'

/** The same registry in the order that makes equal registries equal values, whoever delivered it in what order. */
export function sortRegistry({ clients, partners, integrations, activations }: Registry): Registry {
  return {
    clients: clients.toSorted((a, b) => compareText(a.clientId, b.clientId)),
    partners: partners.toSorted((a, b) => compareText(a.partnerId, b.partnerId)),
    integrations: integrations.toSorted((a, b) => compareText(a.integrationId, b.integrationId)),
    activations: activations.toSorted(compareActivations),
  }
}

function compareActivations(a: Activation, b: Activation): number {
  return (
    compareText(a.clientId, b.clientId) ||
    compareText(a.integrationId, b.integrationId) ||
    compareText(a.activeFrom, b.activeFrom)
  )
}

/** By UTF-16 code unit, the same on every machine; a database may well order by bytes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
