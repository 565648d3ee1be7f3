import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@forbruk/infra/store/store.ts'
import { REGISTRY_FILES, readRegistry } from '@forbruk/schemas/registry/read-registry.ts'
import {
  describeRegistryFault,
  type Registry,
  type RegistryFault,
} from '@forbruk/schemas/registry/registry.ts'
import { hashContent } from './hash-content.ts'
import { insertInChunks } from './insert-in-chunks.ts'
import { readNewestImport } from './read-stored-registry.ts'

const FILE_BYTES_MAX = 64 * 1024 * 1024

/** The folder holds no right registry; nothing was stored. `faults` is every mistake. */
export class RegistryFaultsError extends Error {
  override name = 'RegistryFaultsError'
  readonly faults: readonly RegistryFault[]
  constructor(directory: string, faults: readonly RegistryFault[]) {
    const sentences = faults.map(fault => `\n  ${describeRegistryFault(fault)}`)
    super(`the registry in ${directory} is not imported:${sentences.join('')}`)
    this.faults = faults
  }
}

export type RegistryImport = {
  /** `unchanged`: the registry that holds has the same content already. */
  readonly outcome: 'imported' | 'unchanged'
  /** SHA-256 of the content in hex. */
  readonly importId: string
  readonly clients: number
  readonly partners: number
  readonly integrations: number
  readonly activations: number
}

/**
 * Stores the registry of a folder as a whole, which then holds. Throws RegistryFaultsError when the folder holds none.
 * @param clock milliseconds since the epoch
 */
export async function importRegistry(options: {
  readonly store: Store
  readonly directory: string
  readonly clock: () => number
}): Promise<RegistryImport> {
  const { store, directory, clock } = options
  const reading = readRegistry(await readFolder(directory))
  if (!reading.ok) throw new RegistryFaultsError(directory, reading.faults)

  const importId = hashContent(reading.registry)
  const counts = countEntries(reading.registry)
  const newest = await readNewestImport(store)
  if (newest?.importId === importId) return { outcome: 'unchanged', importId, ...counts }

  await insertEntries(store, importId, reading.registry)
  // Last: it vouches for all the others.
  const imported = {
    import_id: importId,
    sequence: (newest?.sequence ?? 0) + 1,
    imported_at: new Date(clock()).toISOString(),
  }
  await store.insert('registry_import', [{ ...imported, ...counts }])
  return { outcome: 'imported', importId, ...counts }
}

async function readFolder(directory: string): Promise<Map<string, Uint8Array>> {
  const folder = await stat(directory).catch(() => null)
  if (folder?.isDirectory() !== true) {
    throw new RegistryFaultsError(directory, [
      {
        file: directory,
        line: null,
        column: null,
        detail: `no folder; expected one with ${REGISTRY_FILES.join(', ')}`,
      },
    ])
  }
  const files = new Map<string, Uint8Array>()
  for (const name of REGISTRY_FILES) {
    const path = join(directory, name)
    const file = await stat(path).catch(() => null)
    if (file === null) continue
    const isReadable = file.isFile() && file.size <= FILE_BYTES_MAX
    if (!isReadable) {
      const detail = file.isFile()
        ? `${file.size} bytes; expected at most ${FILE_BYTES_MAX}`
        : 'no file; expected CSV'
      throw new RegistryFaultsError(directory, [{ file: name, line: null, column: null, detail }])
    }
    files.set(name, await readFile(path))
  }
  return files
}

function countEntries({ clients, partners, integrations, activations }: Registry) {
  return {
    clients: clients.length,
    partners: partners.length,
    integrations: integrations.length,
    activations: activations.length,
  }
}

async function insertEntries(store: Store, importId: string, registry: Registry): Promise<void> {
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
