import { readdirSync } from 'node:fs'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { bool, safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf, type Table } from '@forbruk/infra/store/tables/table.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type OpenedStore, writable } from '../support/store/open-stores.ts'

type Declared = Pick<Table<never>, 'name' | 'spelled'>

const folder = new URL('../../infra/store/tables/', import.meta.url)
const files = readdirSync(folder).filter(
  file => !/\.test\.ts$/.test(file) && file !== 'codec.ts' && file !== 'table.ts',
)
const declared = (
  await Promise.all(files.map(async file => Object.values(await import(new URL(file, folder).href))))
)
  .flat()
  .filter((value): value is Declared => isTable(value))

function isTable(value: unknown): boolean {
  return z.object({ name: z.string(), spelled: z.array(z.object({})) }).safeParse(value).success
}

const [embedded] = writable
let opened: OpenedStore
let stored: { table: string; name: string; type: string; position: number }[]
let tables: { name: string; isView: boolean }[]

beforeAll(async () => {
  if (embedded === undefined) throw new Error('no store to test with')
  opened = await embedded.open()
  await migrate(opened.store, MIGRATIONS, () => 0)
  stored = await opened.store.query(
    `SELECT table, name, type, position FROM system.columns
     WHERE database = currentDatabase() ORDER BY table, position`,
    shapeOf({ table: text, name: text, type: text, position: safeCount }),
  )
  tables = await opened.store.query(
    `SELECT name, engine = 'View' AS is_view FROM system.tables
     WHERE database = currentDatabase() AND name != 'sample' ORDER BY name`,
    shapeOf({ name: text, isView: bool }),
  )
})

afterAll(() => opened.close())

test.each(declared)('$name is declared as it is stored', ({ name, spelled }) => {
  const ofTable = stored.filter(column => column.table === name)
  expect(spelled.map(column => column.name)).toEqual(ofTable.map(column => column.name))
  const unlike = spelled.flatMap(({ name: column, codec }, index) => {
    const type = ofTable[index]?.type ?? 'nothing'
    return codec.holds(type) ? [] : [`${column} is a ${type}`]
  })
  expect(unlike).toEqual([])
})

/** Views that are for analysts, or handed on as files: nobody of ours reads a row of them. */
const VIEWS_NOT_READ = [
  'dialogue_steps',
  'registry_activations',
  'registry_clients',
  'registry_imports',
  'rejected_stored',
  'statement_adjustments',
  'statement_lines',
  'statements',
  'usage_by_day',
  'usage_by_month',
  'usage_counted',
  'usage_daily',
  'usage_hourly',
  'usage_monthly',
]

test('every table is declared, and every view that rows are read from', () => {
  const names = new Set(declared.map(({ name }) => name))
  const undeclared = tables.filter(({ name }) => !names.has(name))
  expect(undeclared.filter(({ isView }) => !isView)).toEqual([])
  expect(undeclared.map(({ name }) => name)).toEqual(VIEWS_NOT_READ)
})
