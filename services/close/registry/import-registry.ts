import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import { type Store, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { registryImport } from '@forbruk/infra/store/tables/registry-import.ts'
import { type BillingPeriod, parseBillingPeriod, periodAt } from '@forbruk/schemas/period/billing-period.ts'
import { insertRegistry } from './insert-registry.ts'
import { listMonthsBehind } from './list-months-behind.ts'
import { type RegistryApart, readApart } from './read-apart.ts'
import { UploadMalformedError } from './read-members.ts'
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

/**
 * Stores a registry as a whole: a new version, which holds from a month on until the next. An import for the same month
 * corrects the one before. All or nothing, whatever breaks off or comes at the same time. Throws RegistryFaultsError
 * when it is no right registry; of an upload also UploadMalformedError and BillingPeriodError.
 */
export async function importRegistry(
  reading: RegistryApart,
  options: ImportOptions,
): Promise<RegistryImport> {
  const { store } = options
  const { validFrom, ...wanted } = await readWhole(reading)
  const asked = validFrom === null ? options : { ...options, validFrom: parseBillingPeriod(validFrom) }
  const versions = await readVersions(store)
  const held = findHeld(versions, asked)
  if (held?.importId === wanted.importId) return tell(store, versions, held, 'unchanged')

  await insertRegistry(store, wanted.importId, reading)
  // Last: it vouches for all the others.
  const version = await takeSequence(asked, wanted)
  return tell(store, await readVersions(store), version, 'imported')
}

/** The same of a request's body, which may name the month as well. Throws also UploadTooLargeError. */
export async function importUpload({
  body,
  ...options
}: Omit<ImportOptions, 'validFrom'> & {
  readonly body: AsyncIterable<Uint8Array>
}): Promise<RegistryImport> {
  await using reading = readApart({ kind: 'upload', body })
  return await importRegistry(reading, options)
}

type ReadRegistry = RegistryCounts & Pick<RegistryVersion, 'importId'> & { readonly validFrom: string | null }

/** Throws when there is none. */
async function readWhole(reading: RegistryApart): Promise<ReadRegistry> {
  const { name } = reading
  const report = await reading.next()
  switch (report.kind) {
    case 'registry': {
      const { kind: _, ...registry } = report
      return registry
    }
    case 'faulty':
      throw new RegistryFaultsError(name, report.faults, report.faultCount)
    case 'malformed':
      throw new UploadMalformedError(report.detail)
    case 'block':
    case 'end':
      throw new TypeError(`a registry began with its ${report.kind}`)
  }
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
