import type { Registry } from './registry.ts'

/** The same registry in the order that makes equal registries equal values, whoever delivered it in what order. */
export function sortRegistry({ clients, partners, integrations, activations }: Registry): Registry {
  return {
    clients: sortBy(clients, client => [client.clientId]),
    partners: sortBy(partners, partner => [partner.partnerId]),
    integrations: sortBy(integrations, integration => [integration.integrationId]),
    activations: sortBy(activations, each => [each.clientId, each.integrationId, each.activeFrom]),
  }
}

function sortBy<Value>(values: readonly Value[], key: (value: Value) => readonly string[]): Value[] {
  return values.toSorted((a, b) => compareKeys(key(a), key(b)))
}

/** By UTF-16 code unit, the same on every machine; a database may well order by bytes. */
function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}
