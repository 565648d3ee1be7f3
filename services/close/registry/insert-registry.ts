import { insertInChunks } from '@forbruk/infra/store/insert-in-chunks.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'

/** Stores a registry's rows under the hash of its content: doing it again, or twice at once, changes nothing. */
export async function insertRegistry(store: Store, importId: string, registry: Registry): Promise<void> {
  await insertInChunks(
    store,
    'registry_client',
    registry.clients.map(client => ({
      import_id: importId,
      client_id: client.clientId,
      name: client.name,
      partner_id: client.partnerId ?? '',
      collective_invoice: client.collectiveInvoice,
    })),
  )
  await insertInChunks(
    store,
    'registry_partner',
    registry.partners.map(({ partnerId, name }) => ({ import_id: importId, partner_id: partnerId, name })),
  )
  await insertInChunks(
    store,
    'registry_integration',
    registry.integrations.map(({ integrationId, name, kind }) => ({
      import_id: importId,
      integration_id: integrationId,
      name,
      kind,
    })),
  )
  await insertInChunks(
    store,
    'registry_activation',
    registry.activations.map(activation => ({
      import_id: importId,
      client_id: activation.clientId,
      integration_id: activation.integrationId,
      active_from: activation.activeFrom,
      active_until: activation.activeUntil ?? '',
    })),
  )
}
