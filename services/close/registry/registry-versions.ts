import type { Store } from '@forbruk/infra/store/store.ts'
import { type RegistryImportRow, registryImport } from '@forbruk/infra/store/tables/registry-import.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'

/** One import of the registry. */
export type RegistryVersion = RegistryImportRow

export type RegistryCounts = Pick<RegistryVersion, 'clients' | 'partners' | 'integrations' | 'activations'>

/** A version and the months that are rated with it; `holds` is null when a later import corrected all of it. */
export type PlacedVersion = RegistryVersion & { readonly holds: HoldingMonths | null }

/** Half-open, `YYYY-MM`; null where there is no bound. */
export type HoldingMonths = { readonly from: string | null; readonly until: string | null }

/**
 * Pure: what each import holds for. A month is rated with the version whose first month is the newest that has come by
 * then; of several with the same first month the last import holds, so a correction reaches up to the next version.
 *
 * @param versions in any order
 * @returns by sequence
 */
export function placeVersions(versions: readonly RegistryVersion[]): PlacedVersion[] {
  const bySequence = versions.toSorted((a, b) => a.sequence - b.sequence)
  const latestByMonth = new Map(bySequence.map(version => [version.validFrom ?? '', version.sequence]))
  const months = [...latestByMonth.keys()].toSorted()
  return bySequence.map(version => {
    const month = version.validFrom ?? ''
    if (latestByMonth.get(month) !== version.sequence) return { ...version, holds: null }
    return {
      ...version,
      holds: { from: version.validFrom, until: months[months.indexOf(month) + 1] ?? null },
    }
  })
}

/** Pure: the version that a month is rated with. */
export function versionFor(versions: readonly RegistryVersion[], month: string): PlacedVersion | undefined {
  return placeVersions(versions).find(
    ({ holds }) =>
      holds !== null && (holds.from ?? '') <= month && (holds.until === null || month < holds.until),
  )
}

const { list, shape: versionShape } = select(registryImport)
const VERSIONS_SQL = `SELECT ${list} FROM registry_import`

/** Every import, by sequence. */
export async function readVersions(store: Store): Promise<RegistryVersion[]> {
  return store.query(`${VERSIONS_SQL} ORDER BY sequence`, versionShape)
}

/** The version that a month is rated with; null when none holds yet. */
export async function readVersionFor(store: Store, month: string): Promise<RegistryVersion | null> {
  const sql = `${VERSIONS_SQL} WHERE valid_from <= {month:String} ORDER BY valid_from DESC, sequence DESC LIMIT 1`
  const [row] = await store.query(sql, versionShape, { month })
  return row ?? null
}

/** The import of that number; null when there is none. */
export async function readVersion(store: Store, sequence: number): Promise<RegistryVersion | null> {
  const sql = `${VERSIONS_SQL} WHERE sequence = {sequence:UInt64} LIMIT 1`
  const [row] = await store.query(sql, versionShape, { sequence })
  return row ?? null
}
