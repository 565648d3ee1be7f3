import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import { z } from 'zod'

/** One import of the registry. */
export type RegistryVersion = RegistryCounts & {
  /** Counts imports, from 1. */
  readonly sequence: number
  /** SHA-256 of the content in hex: imports of the same content have the same. */
  readonly importId: string
  /** The first month it was imported for, `YYYY-MM`; null: from the first month on. */
  readonly validFrom: string | null
  readonly importedAtMs: number
}

export type RegistryCounts = {
  readonly clients: number
  readonly partners: number
  readonly integrations: number
  readonly activations: number
}

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

const VERSIONS_SQL = `
SELECT
    sequence,
    import_id,
    valid_from,
    toUnixTimestamp64Milli(imported_at) AS imported_at_ms,
    clients,
    partners,
    integrations,
    activations
FROM registry_import`

const versionShape: z.ZodType<RegistryVersion> = z
  .object({
    sequence: storedCount,
    import_id: z.string(),
    valid_from: z.string(),
    imported_at_ms: storedCount,
    clients: storedCount,
    partners: storedCount,
    integrations: storedCount,
    activations: storedCount,
  })
  .transform(({ import_id: importId, valid_from: validFrom, imported_at_ms: importedAtMs, ...row }) => ({
    ...row,
    importId,
    validFrom: validFrom === '' ? null : validFrom,
    importedAtMs,
  }))
