import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { MIGRATIONS, migrate, requireMigrated } from './migrate.ts'
import { openStore } from './open-store.ts'
import { readMigrations } from './read-migrations.ts'
import type { Store } from './store.ts'

const NOON_MS = Date.UTC(2026, 9, 1, 12)
const clock = () => NOON_MS

let root: string
let store: Store
let folder: URL

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'forbruk-migrate-'))
  store = await openStore({ kind: 'embedded', path: join(root, 'store'), database: 'forbruk' })
})
afterAll(async () => {
  await store.close()
  await rm(root, { recursive: true })
})
beforeEach(async () => {
  await store.command('DROP TABLE IF EXISTS schema_migration')
  folder = pathToFileURL(`${await mkdtemp(join(root, 'migrations-'))}/`)
})

const table = (name: string) =>
  `-- a table\nCREATE TABLE IF NOT EXISTS ${name} (n UInt8) ENGINE = MergeTree ORDER BY n;\n`

const readTables = () =>
  store.query(
    `SELECT name, create_table_query AS made FROM system.tables
     WHERE database = currentDatabase() ORDER BY name`,
    z.object({ name: z.string(), made: z.string() }),
  )

const write = (file: string, sql: string) => writeFile(new URL(file, folder), sql)

describe('migrate', () => {
  it('applies what is new, in order, once, and records it', async () => {
    await write('002_b.sql', 'CREATE VIEW IF NOT EXISTS b AS SELECT n FROM a')
    await write('001_a.sql', table('a'))
    expect((await migrate(store, folder, clock)).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(await migrate(store, folder, clock)).toEqual([])
    await write('010_c.sql', table('c'))
    expect((await migrate(store, folder, clock)).map(({ name }) => name)).toEqual(['c'])
    const recorded = await store.queryText(
      'SELECT number, name, applied_at FROM schema_migration FINAL ORDER BY number',
      'CSV',
    )
    const noon = '"2026-10-01 12:00:00.000"'
    expect(recorded).toBe(`1,"a",${noon}\n2,"b",${noon}\n10,"c",${noon}\n`)
  })

  it('does no harm twice at once', async () => {
    await write('001_d.sql', table('d'))
    await write('002_e.sql', table('e'))
    await Promise.all([migrate(store, folder, clock), migrate(store, folder, clock)])
    const count = z.object({ count: z.coerce.number() })
    expect(await store.query('SELECT count() AS count FROM schema_migration FINAL', count)).toEqual([
      { count: 2 },
    ])
    expect(await migrate(store, folder, clock)).toEqual([])
  })

  it('goes on where a failed statement stopped it', async () => {
    await write('001_f.sql', table('f'))
    await write('002_g.sql', 'CREATE VIEW IF NOT EXISTS g AS SELECT no_such_column FROM f')
    await expect(migrate(store, folder, clock)).rejects.toMatchObject({ code: 'UNKNOWN_IDENTIFIER' })
    await write('002_g.sql', 'CREATE VIEW IF NOT EXISTS g AS SELECT n FROM f')
    expect((await migrate(store, folder, clock)).map(({ name }) => name)).toEqual(['g'])
  })

  it('refuses a file that was changed after it was applied, but not for its line ends', async () => {
    await write('001_h.sql', table('h'))
    await migrate(store, folder, clock)
    await write('001_h.sql', table('h').replaceAll('\n', '\r\n'))
    expect(await migrate(store, folder, clock)).toEqual([])
    await write('001_h.sql', table('h').replace('UInt8', 'UInt16'))
    await expect(migrate(store, folder, clock)).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringContaining('001_h.sql'),
    })
  })

  it('refuses a store of a newer version', async () => {
    await write('001_i.sql', table('i'))
    await migrate(store, folder, clock)
    await rm(new URL('001_i.sql', folder))
    await expect(migrate(store, folder, clock)).rejects.toThrow(/001_i\.sql.*newer release/)
    await expect(requireMigrated(store, folder)).rejects.toMatchObject({ code: 'MIGRATION_UNKNOWN' })
  })

  it('makes the same of a store where what has run was not recorded any more', async () => {
    await migrate(store, MIGRATIONS, clock)
    const made = await readTables()
    await store.command('TRUNCATE TABLE schema_migration')
    await migrate(store, MIGRATIONS, clock)
    expect(await readTables()).toEqual(made)
  })
})

describe('requireMigrated', () => {
  it('names the first migration that a store lacks, and applies none', async () => {
    await write('001_j.sql', table('j'))
    await expect(requireMigrated(store, folder)).rejects.toThrow(
      /lacks migration 001_j\.sql.*forbruk migrate/,
    )
    await migrate(store, folder, clock)
    await requireMigrated(store, folder)
    await write('002_k.sql', table('k'))
    await expect(requireMigrated(store, folder)).rejects.toThrow(/lacks migration 002_k\.sql/)
    expect((await migrate(store, folder, clock)).map(({ name }) => name)).toEqual(['k'])
  })
})

describe('readMigrations', () => {
  it.each([
    ['1_a.sql', table('a'), 'MIGRATION_NAME'],
    ['001_A.sql', table('a'), 'MIGRATION_NAME'],
    ['001_a.sql', '-- IF NOT EXISTS\nCREATE TABLE a (n UInt8) ENGINE = Memory', 'MIGRATION_NOT_REPEATABLE'],
  ])('refuses %s with «%s»', async (file, sql, code) => {
    await write(file, sql)
    await expect(readMigrations(folder)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(file),
    })
  })

  it('refuses two of one number', async () => {
    await write('001_a.sql', table('a'))
    await write('001_b.sql', table('b'))
    await expect(readMigrations(folder)).rejects.toThrow(/001_a\.sql and 001_b\.sql/)
  })

  it('takes Forbruk’s own, and a store takes them', async () => {
    const own = await readMigrations(MIGRATIONS)
    expect(own.length).toBeGreaterThan(0)
    expect(await migrate(store, MIGRATIONS, clock)).toEqual(own)
  })
})
