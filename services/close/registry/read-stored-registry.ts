import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { INTEGRATION_KINDS, type Registry } from '@forbruk/schemas/registry/registry.ts'
import { sortRegistry } from '@forbruk/schemas/registry/sort-registry.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { z } from 'zod'
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
  const read = <Row>(sql: string, shape: z.ZodType<Row>) => store.query(sql, shape, { import_id: importId })
  // The store orders text by bytes.
  const registry = sortRegistry({
    clients: await read(CLIENTS_SQL, clientShape),
    partners: await read(PARTNERS_SQL, partnerShape),
    integrations: await read(INTEGRATIONS_SQL, integrationShape),
    activations: await read(ACTIVATIONS_SQL, activationShape),
  })
  const storedId = hashContent(registry)
  if (storedId === importId) return registry
  throw new StoreError(
    `registry import ${importId} reads as ${storedId}: its rows were changed in the store; expected what was imported: restore them from a backup`,
    'REGISTRY_CHANGED',
  )
}

const clientShape = z
  .object({
    client_id: z.string(),
    name: z.string(),
    partner_id: z.string(),
    collective_invoice: z.boolean(),
  })
  .transform(row => ({
    clientId: row.client_id,
    name: row.name,
    partnerId: row.partner_id === '' ? null : row.partner_id,
    collectiveInvoice: row.collective_invoice,
  }))
const CLIENTS_SQL = `
SELECT client_id, name, partner_id, collective_invoice
FROM registry_client FINAL
WHERE import_id = {import_id:String}`

const partnerShape = z
  .object({ partner_id: z.string(), name: z.string() })
  .transform(row => ({ partnerId: row.partner_id, name: row.name }))
const PARTNERS_SQL = `
SELECT partner_id, name
FROM registry_partner FINAL
WHERE import_id = {import_id:String}`

const integrationShape = z
  .object({ integration_id: z.string(), name: z.string(), kind: z.enum(INTEGRATION_KINDS) })
  .transform(row => ({ integrationId: row.integration_id, name: row.name, kind: row.kind }))
const INTEGRATIONS_SQL = `
SELECT integration_id, name, kind
FROM registry_integration FINAL
WHERE import_id = {import_id:String}`

const activationShape = z
  .object({
    client_id: z.string(),
    integration_id: z.string(),
    active_from: z.iso.date(),
    active_until: z.union([z.literal(''), z.iso.date()]),
  })
  .transform(row => ({
    clientId: row.client_id,
    integrationId: row.integration_id,
    activeFrom: row.active_from,
    activeUntil: row.active_until === '' ? null : row.active_until,
  }))
const ACTIVATIONS_SQL = `
SELECT client_id, integration_id, active_from, active_until
FROM registry_activation FINAL
WHERE import_id = {import_id:String}`
