import { safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** What was applied to this store: made by migrate.ts itself. */
export const schemaMigration = declareTable('schema_migration', {
  number: safeCount,
  name: text,
  checksum: text,
  appliedAtMs: time,
})
