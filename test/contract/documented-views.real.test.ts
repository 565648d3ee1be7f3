import { readFileSync } from 'node:fs'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { writable } from '../support/store/open-stores.ts'

const page = readFileSync(new URL('../../docs/sql.md', import.meta.url), 'utf8')
const documented = [...page.matchAll(/^### (\w+)\n\nColumns: ([^.]+)\./gm)].map(([, view, columns = '']) => {
  return [view, [...columns.matchAll(/`(\w+)`/g)].map(([, name]) => name)]
})

test('docs/sql.md has every view, with its columns in order', async () => {
  const [embedded] = writable
  if (embedded === undefined) throw new Error('no store to test with')
  const { store, close } = await embedded.open()
  try {
    await migrate(store, MIGRATIONS, () => 0)
    const stored = await store.query(
      `SELECT table, groupArray(name) AS columns FROM
         (SELECT table, name FROM system.columns WHERE database = currentDatabase() ORDER BY table, position)
       WHERE table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View')
       GROUP BY table`,
      z.object({ table: z.string(), columns: z.array(z.string()) }),
    )
    const views = Object.fromEntries(stored.map(({ table, columns }) => [table, columns]))
    expect(Object.keys(views).length).toBeGreaterThan(10)
    expect(Object.fromEntries(documented)).toEqual(views)
  } finally {
    await close()
  }
})
