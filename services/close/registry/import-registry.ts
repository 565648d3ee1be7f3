import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import { type Store, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { registryImport } from '@forbruk/infra/store/tables/registry-import.ts'
import { type BillingPeriod, periodAt } from '@forbruk/schemas/period/billing-period.ts'
import { type RegistryFiles, readRegistry } from '@forbruk/schemas/registry/read-registry.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { insertRegistry } from './insert-registry.ts'
import { listMonthsBehind } from './list-months-behind.ts'
import { readRegistryFolder } from './read-registry-folder.ts'
import { RegistryFaultsError } from './registry-faults-error.ts'
import {
  type PlacedVersion,
  placeVersions,
  type RegistryCounts,
  type RegistryVersion,
  readVersion,
  readVersions,
  versionFor,
} from './registry-versions.ts'

export { RegistryFaultsError }

export type RegistryImport = PlacedVersion & {
  /** `unchanged`: what held had the same content already. */
  readonly outcome: 'imported' | 'unchanged'
  /** YYYY-MM of the months that it holds for, but that were closed with another: they stay until closed again. */
  readonly monthsBehind: readonly string[]
}

type ImportOptions = {
  readonly store: Store
  /**
   * The first month it holds for. Without it the current one, so that no ended month loses a client who left since; the
   * very first import has none before it, and holds for all earlier months too.
   */
  readonly validFrom?: BillingPeriod | undefined
  /** Of the tariff: the current month is read in it. */
  readonly timeZone: string
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
  const { store, files, origin } = options
  const reading = readRegistry(files)
  if (!reading.ok) throw new RegistryFaultsError(origin, reading.faults, reading.faultCount)
  const wanted = { importId: hashContent(reading.registry), ...countEntries(reading.registry) }
  const versions = await readVersions(store)
  const held = findHeld(versions, options)
  if (held?.importId === wanted.importId) return tell(store, versions, held, 'unchanged')

  await insertRegistry(store, wanted.importId, reading.registry)
  // Last: it vouches for all the others.
  const version = await takeSequence(options, wanted)
  return tell(store, await readVersions(store), version, 'imported')
}

/** Several imports at a time all come to hold, in the order in which they took their numbers. */
async function takeSequence(
  options: ImportOptions,
  content: RegistryCounts & Pick<RegistryVersion, 'importId'>,
): Promise<RegistryVersion> {
  const { store, clock } = options
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const versions = await readVersions(store)
    const sequence = (versions.at(-1)?.sequence ?? 0) + 1
    const validFrom = firstMonth(versions, options)
    const holder = await putIfAbsent({
      store,
      table: registryImport,
      values: [{ ...content, validFrom, sequence, importedAtMs: clock() }],
      key: String(sequence),
      read: () => readVersion(store, sequence),
    })
    if (holder.importId === content.importId && holder.validFrom === validFrom) return holder
  }
  throw new StoreUnavailableError(
    `the registry is not imported: ${TRIES_MAX} other imports came in between; run it again`,
  )
}

/** Null: it holds from the first month on. */
function firstMonth(versions: readonly RegistryVersion[], options: ImportOptions): string | null {
  const { validFrom, timeZone, clock } = options
  if (validFrom !== undefined) return validFrom.month
  return versions.length === 0 ? null : periodAt(clock(), timeZone).month
}

/**
 * What an import is held against: where a month is named, the version from that month on, since the same content from
 * another month on is something else; where none is, whatever holds now.
 */
function findHeld(versions: readonly RegistryVersion[], options: ImportOptions): RegistryVersion | undefined {
  const held = versionFor(versions, firstMonth(versions, options) ?? '')
  return options.validFrom === undefined || held?.validFrom === options.validFrom.month ? held : undefined
}

async function tell(
  store: Store,
  versions: readonly RegistryVersion[],
  version: RegistryVersion,
  outcome: RegistryImport['outcome'],
): Promise<RegistryImport> {
  const told = placed(versions, version)
  return { ...told, outcome, monthsBehind: await listMonthsBehind(store, told) }
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
