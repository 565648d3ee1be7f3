import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { StoreError } from './store.ts'

export type Migration = {
  /** From the file's name, `NNN_name.sql`; they are applied in its order. */
  readonly number: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of the statement in hex. */
  readonly checksum: string
}

const FILE_NAME = /^(\d{3})_([a-z0-9_]+)\.sql$/

/** What makes a statement safe to run twice, and by two processes at once. */
const REPEATABLE = /\bIF\s+(NOT\s+)?EXISTS\b|\bOR\s+REPLACE\b/i

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

export function fileName(number: number, name: string): string {
  return `${String(number).padStart(3, '0')}_${name}.sql`
}
