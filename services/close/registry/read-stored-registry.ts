import { type QueryParams, type Store, StoreError } from '@forbruk/infra/store/store.ts'
import type { Codec } from '@forbruk/infra/store/tables/codec.ts'
import { registryActivation } from '@forbruk/infra/store/tables/registry-activation.ts'
import { registryClient } from '@forbruk/infra/store/tables/registry-client.ts'
import { registryIntegration } from '@forbruk/infra/store/tables/registry-integration.ts'
import { registryPartner } from '@forbruk/infra/store/tables/registry-partner.ts'
import { type ColumnSet, omit, type RowOf, select, type Table } from '@forbruk/infra/store/tables/table.ts'
import { buyerOf } from '@forbruk/schemas/registry/buyer.ts'
import { hashRegistry } from '@forbruk/schemas/registry/hash-registry.ts'
import type { Client, Registry } from '@forbruk/schemas/registry/registry.ts'
import { sortRegistry } from '@forbruk/schemas/registry/sort-registry.ts'
import { type RegistryVersion, readVersionFor } from './registry-versions.ts'

export type StoredRegistry = {
  readonly importId: string
  readonly version: RegistryVersion
  readonly registry: Registry
}

/**
 * The registry that a month (`YYYY-MM`) is rated with; null when none holds yet. Throws StoreError when what is stored
 * is not what was imported.
 */
export async function readStoredRegistry(store: Store, month: string): Promise<StoredRegistry | null> {
  const version = await readVersionFor(store, month)
  if (version === null) return null
  const { importId } = version
  return { importId, version, registry: await readRegistryImport(store, importId) }
}

/** What was once imported. Throws StoreError when what is stored is not that. */
export async function readRegistryImport(store: Store, importId: string): Promise<Registry> {
  // The store orders text by bytes.
  const registry = sortRegistry({
    clients: (await readRows(store, registryClient, importId)).map(toClient),
    partners: await readRows(store, registryPartner, importId),
    integrations: await readRows(store, registryIntegration, importId),
    activations: await readRows(store, registryActivation, importId),
  })
  const storedId = hashRegistry(registry)
  if (storedId === importId) return registry
  throw new StoreError(
    `registry import ${importId} reads as ${storedId}: its rows were changed in the store; ` +
      'expected what was imported: restore them from a backup',
    'REGISTRY_CHANGED',
  )
}

/**
 * Of an import only some clients, and those of whom they are the partner, with what they have active: for whoever shows
 * what was rated, and has no need to read a hundred thousand others.
 * @param some a query of client ids
 */
export async function readRegistryPart(
  store: Store,
  importId: string,
  some: { readonly sql: string; readonly params: QueryParams },
): Promise<Registry> {
  const ofThem = `(client_id IN (${some.sql}) OR partner_id IN (${some.sql}))`
  const ofImport = `SELECT client_id FROM registry_client WHERE import_id = {import_id:String} AND ${ofThem}`
  const clients = await readRows(store, registryClient, importId, ofThem, some.params)
  return sortRegistry({
    clients: clients.map(toClient),
    partners: await readRows(store, registryPartner, importId),
    integrations: await readRows(store, registryIntegration, importId),
    activations: await readRows(
      store,
      registryActivation,
      importId,
      `client_id IN (${ofImport})`,
      some.params,
    ),
  })
}

function toClient({ clientId, name, partnerId, collectiveInvoice, ...values }: ClientRow): Client {
  return { clientId, name, partnerId, collectiveInvoice, ...buyerOf(values) }
}

type ClientRow = Omit<RowOf<typeof registryClient>, 'importId'>

async function readRows<Columns extends ColumnSet & { readonly importId: Codec<string> }>(
  store: Store,
  table: Table<Columns>,
  importId: string,
  condition = 'true',
  params: QueryParams = {},
) {
  const { list, shape } = select(omit(table, 'importId'))
  const ofImport = `import_id = {import_id:String} AND ${condition}`
  return store.query(`SELECT ${list} FROM ${table.name} FINAL WHERE ${ofImport}`, shape, {
    ...params,
    import_id: importId,
  })
}
