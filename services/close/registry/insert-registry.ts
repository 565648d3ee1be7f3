import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { registryActivation } from '@forbruk/infra/store/tables/registry-activation.ts'
import { registryClient } from '@forbruk/infra/store/tables/registry-client.ts'
import { registryIntegration } from '@forbruk/infra/store/tables/registry-integration.ts'
import { registryPartner } from '@forbruk/infra/store/tables/registry-partner.ts'
import { valuesOfBuyer } from '@forbruk/schemas/registry/buyer.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'

/** Stores a registry's rows under the hash of its content: doing it again, or twice at once, changes nothing. */
export async function insertRegistry(store: Store, importId: string, registry: Registry): Promise<void> {
  const ofImport = <Value>(values: readonly Value[]) => values.map(value => ({ importId, ...value }))
  const clients = registry.clients.map(({ buyer, ...client }) => ({ ...client, ...valuesOfBuyer(buyer) }))
  await insertValues(store, registryClient, ofImport(clients))
  await insertValues(store, registryPartner, ofImport(registry.partners))
  await insertValues(store, registryIntegration, ofImport(registry.integrations))
  await insertValues(store, registryActivation, ofImport(registry.activations))
}
