import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import { type Store, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { registryImport } from '@forbruk/infra/store/tables/registry-import.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { type RegistryFiles, readRegistry } from '@forbruk/schemas/registry/read-registry.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { insertRegistry } from './insert-registry.ts'
import { readRegistryFolder } from './read-registry-folder.ts'
import { RegistryFaultsError } from './registry-faults-error.ts'
import {
  type PlacedVersion,
  placeVersions,
  type RegistryCounts,
  type RegistryVersion,
  readVersion,
  readVersions,
} from './registry-versions.ts'

export { RegistryFaultsError }

export type RegistryImport = PlacedVersion & {
  /** `unchanged`: the version that holds from this month on has the same content already. */
  readonly outcome: 'imported' | 'unchanged'
}

type ImportOptions = {
  readonly store: Store
  /** The first month it holds for; without it, it holds from the first month on. */
  readonly validFrom?: BillingPeriod | undefined
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** So many imports may come in between. */
const TRIES_MAX = 20

/** Imports the four files of a folder: see `importRegistryFiles`. */
export async function importRegistry(
  options: ImportOptions & { readonly directory: string },
): Promise<RegistryImport> {
  const files = await readRegistryFolder(options.directory)
  return importRegistryFiles({ ...options, files, origin: options.directory })
}

/**
 * Stores a registry as a whole: a new version, which holds from a month on until the next. An import for the same
 * month corrects the one before. All or nothing, whatever breaks off or comes at the same time. Throws
 * RegistryFaultsError when the files are no right registry.
 */
export async function importRegistryFiles(
  options: ImportOptions & {
    readonly files: RegistryFiles
    /** Where they came from, for messages. */
    readonly origin: string
  },
): Promise<RegistryImport> {
  const { store, files, origin, validFrom, clock } = options
  const reading = readRegistry(files)
  if (!reading.ok) throw new RegistryFaultsError(origin, reading.faults, reading.faultCount)
  const wanted = {
    importId: hashContent(reading.registry),
    validFrom: validFrom?.month ?? null,
    ...countEntries(reading.registry),
  }
  const held = findHeld(await readVersions(store), wanted.validFrom)
  if (held?.importId === wanted.importId) return { ...held, outcome: 'unchanged' }

  await insertRegistry(store, wanted.importId, reading.registry)
  // Last: it vouches for all the others.
  const version = await takeSequence(store, wanted, clock())
  return { ...placed(await readVersions(store), version), outcome: 'imported' }
}

type WantedVersion = RegistryCounts & Pick<RegistryVersion, 'importId' | 'validFrom'>

/** Several imports at a time all come to hold, in the order in which they took their numbers. */
async function takeSequence(store: Store, wanted: WantedVersion, nowMs: number): Promise<RegistryVersion> {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const sequence = ((await readVersions(store)).at(-1)?.sequence ?? 0) + 1
    const holder = await putIfAbsent({
      store,
      table: registryImport,
      values: [{ ...wanted, sequence, importedAtMs: nowMs }],
      key: String(sequence),
      read: () => readVersion(store, sequence),
    })
    if (holder.importId === wanted.importId && holder.validFrom === wanted.validFrom) return holder
  }
  throw new StoreUnavailableError(
    `the registry is not imported: ${TRIES_MAX} other imports came in between; run it again`,
  )
}

function findHeld(versions: readonly RegistryVersion[], validFrom: string | null): PlacedVersion | undefined {
  return placeVersions(versions).find(each => each.holds !== null && each.validFrom === validFrom)
}

function placed(versions: readonly RegistryVersion[], version: RegistryVersion): PlacedVersion {
  const found = placeVersions(versions).find(each => each.sequence === version.sequence)
  return found ?? { ...version, holds: null }
}

function countEntries({ clients, partners, integrations, activations }: Registry): RegistryCounts {
  return {
    clients: clients.length,
    partners: partners.length,
    integrations: integrations.length,
    activations: activations.length,
  }
}
