import { insertValues } from './insert-values.ts'
import { fileName, type Migration, readMigrations } from './read-migrations.ts'
import { type Store, StoreError } from './store.ts'
import { schemaMigration } from './tables/schema-migration.ts'
import { type RowOf, select } from './tables/table.ts'
import { commentViews } from './views/comment-views.ts'

/** The tables and views of this version, one per file. */
export const MIGRATIONS = new URL('./migrations/', import.meta.url)

const RECORD_TABLE = `
CREATE TABLE IF NOT EXISTS schema_migration
(
    number UInt32,
    name String,
    checksum String,
    applied_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/**
 * Applies the folder's migrations that the store lacks, in order, and answers those; then puts comments on the views
 * for analysts. Repeating it changes nothing; two at once do no harm, since every statement can be run twice. Recorded
 * are those that have run, together, since a record takes longer than what it records; where the process is killed
 * before, they run again.
 * Throws StoreError when a file was changed after it was applied, or a newer release has been at the store.
 * @param clock milliseconds since the epoch
 */
export async function migrate(store: Store, folder: URL, clock: () => number): Promise<readonly Migration[]> {
  const migrations = await readMigrations(folder)
  await store.command(RECORD_TABLE)
  const applied = await readApplied(store)
  const missing = chooseMissing(migrations, applied)
  const ran: RowOf<typeof schemaMigration>[] = []
  try {
    for (const { number, name, sql, checksum } of missing) {
      await store.command(sql)
      ran.push({ number, name, checksum, appliedAtMs: clock() })
    }
  } finally {
    if (ran.length > 0) await insertValues(store, schemaMigration, ran)
  }
  await commentViews(store)
  return missing
}

/**
 * For who only reads a store that others bring up to date: applies nothing. Throws StoreError where `migrate` would,
 * and where a migration is still to be applied.
 */
export async function requireMigrated(store: Store, folder: URL): Promise<void> {
  const applied = await readApplied(store).catch(noneApplied)
  const [first] = chooseMissing(await readMigrations(folder), applied)
  if (first === undefined) return
  throw new StoreError(
    `the store lacks migration ${fileName(first.number, first.name)}: ` +
      'run forbruk migrate; where another process holds the store, start this release there',
    'MIGRATION_MISSING',
  )
}

/** A database that nothing was ever applied to has no table that says so. */
function noneApplied(error: unknown): [] {
  if (error instanceof StoreError && error.code === 'UNKNOWN_TABLE') return []
  throw error
}

type AppliedMigration = Pick<RowOf<typeof schemaMigration>, 'number' | 'name' | 'checksum'>

async function readApplied(store: Store): Promise<readonly AppliedMigration[]> {
  const { list, shape } = select(schemaMigration, 'number', 'name', 'checksum')
  return store.query(`SELECT ${list} FROM schema_migration FINAL ORDER BY number`, shape)
}

/** Pure: which of the migrations are still to be applied. */
function chooseMissing(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const known = new Map(migrations.map(migration => [migration.number, migration]))
  for (const { number, name, checksum } of applied) {
    const file = fileName(number, name)
    const migration = known.get(number)
    if (migration === undefined) {
      throw new StoreError(
        `the store has migration ${file}, which this release doesn't know: ` +
          "a newer release has been at it. Run that release; a store can't go back",
        'MIGRATION_UNKNOWN',
      )
    }
    if (migration.checksum !== checksum) {
      throw new StoreError(
        `migration ${fileName(number, migration.name)} is not the one that was applied to this store as ${file}: ` +
          `expected checksum ${checksum}, got ${migration.checksum}. ` +
          'If you changed the file, restore it and put the change into a new migration; ' +
          'if an unreleased version made the store, count its log into an empty one (docs/operating.md)',
        'MIGRATION_CHANGED',
      )
    }
  }
  const done = new Set(applied.map(({ number }) => number))
  return migrations.filter(({ number }) => !done.has(number))
}
