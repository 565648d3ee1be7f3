import { safeCount, text, textOrNull, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** One row per import, written after the rows it vouches for: migration 024. */
export const registryImport = declareTable('registry_import', {
  /** Counts imports, from 1. */
  sequence: safeCount,
  /** SHA-256 of the content in hex: imports of the same content have the same. */
  importId: text,
  /** The first month it was imported for, `YYYY-MM`; null: from the first month on. */
  validFrom: textOrNull,
  importedAtMs: time,
  clients: safeCount,
  partners: safeCount,
  integrations: safeCount,
  activations: safeCount,
})

export type RegistryImportRow = RowOf<typeof registryImport>
