import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { insertValues } from './insert-values.ts'
import { type Store, StoreError } from './store.ts'
import { schemaMigration } from './tables/schema-migration.ts'
import { type RowOf, select } from './tables/table.ts'

export type Migration = {
  /** From the file's name, `NNN_name.sql`; they are applied in its order. */
  readonly number: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of the statement in hex. */
  readonly checksum: string
}

/** The tables and views of this version, one per file. */
export const MIGRATIONS = new URL('./migrations/', import.meta.url)

const FILE_NAME = /^(\d{3})_([a-z0-9_]+)\.sql$/

/** What makes a statement safe to run twice, and by two processes at once. */
const REPEATABLE = /\bIF\s+(NOT\s+)?EXISTS\b|\bOR\s+REPLACE\b/i

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
 * Applies the folder's migrations that the store lacks, in order, and answers those. Repeating it changes nothing;
 * two at once do no harm, since every statement can be run twice and each is recorded after it has run.
 * Throws StoreError when a file was changed after it was applied, or the store was made by a newer version.
 * @param clock milliseconds since the epoch
 */
export async function migrate(store: Store, folder: URL, clock: () => number): Promise<readonly Migration[]> {
  const migrations = await readMigrations(folder)
  await store.command(RECORD_TABLE)
  const applied = await readApplied(store)
  const missing = chooseMissing(migrations, applied)
  for (const { number, name, sql, checksum } of missing) {
    await store.command(sql)
    await insertValues(store, schemaMigration, [{ number, name, checksum, appliedAtMs: clock() }])
  }
  return missing
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
        `the store has migration ${file}, which this version doesn't know: it was made by a newer version; use that one`,
        'MIGRATION_UNKNOWN',
      )
    }
    if (migration.checksum !== checksum) {
      throw new StoreError(
        `migration ${fileName(number, migration.name)} was changed after it had been applied as ${file}: expected checksum ${checksum}, got ${migration.checksum}; restore the file and put the change into a new migration`,
        'MIGRATION_CHANGED',
      )
    }
  }
  const done = new Set(applied.map(({ number }) => number))
  return migrations.filter(({ number }) => !done.has(number))
}

/** The folder's migrations by number. Throws StoreError when a file isn't one, or two share a number. */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.sql')).sort()
  const migrations: Migration[] = []
  for (const file of files) {
    const migration = parseMigration(file, await readFile(new URL(file, folder), 'utf8'))
    const previous = migrations.at(-1)
    if (previous?.number === migration.number) {
      throw new StoreError(
        `migrations ${fileName(previous.number, previous.name)} and ${file} have the same number: give each its own`,
        'MIGRATION_NUMBER',
      )
    }
    migrations.push(migration)
  }
  return migrations
}

function parseMigration(file: string, text: string): Migration {
  const [, number, name] = FILE_NAME.exec(file) ?? []
  if (number === undefined || name === undefined) {
    throw new StoreError(`migration ${file}: expected a name like 012_usage_monthly.sql`, 'MIGRATION_NAME')
  }
  // A checkout with other line ends is the same migration.
  const sql = text.replaceAll('\r\n', '\n').trim()
  if (!REPEATABLE.test(sql.replaceAll(/--.*$/gm, ''))) {
    throw new StoreError(
      `migration ${file}: expected IF NOT EXISTS, IF EXISTS or OR REPLACE, so that it can be run twice`,
      'MIGRATION_NOT_REPEATABLE',
    )
  }
  return { number: Number(number), name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
}

function fileName(number: number, name: string): string {
  return `${String(number).padStart(3, '0')}_${name}.sql`
}
