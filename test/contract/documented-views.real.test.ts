import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { DESCRIBED_VIEWS } from '@forbruk/infra/store/views/described-views.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedStore, writable } from '../support/store/open-stores.ts'

type Column = {
  readonly view: string
  readonly name: string
  readonly type: string
  readonly comment: string
}

const path = fileURLToPath(new URL('../../docs/sql.md', import.meta.url))
const views = Object.values(DESCRIBED_VIEWS).flatMap(section => Object.entries(section))
let opened: OpenedStore
let stored: readonly Column[]

beforeAll(async () => {
  const [embedded] = writable
  if (embedded === undefined) throw new Error('no store to test with')
  opened = await embedded.open()
  await migrate(opened.store, MIGRATIONS, () => 0)
  stored = await opened.store.query(
    `SELECT table AS view, name, type, comment FROM system.columns
     WHERE database = currentDatabase() AND table IN
       (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View')
     ORDER BY table, position`,
    shapeOf({ view: text, name: text, type: text, comment: text }),
  )
}, 120_000)

afterAll(() => opened.close())

const columnsOf = (view: string) => stored.filter(column => column.view === view)

test('every view is described, with its columns in order', () => {
  const names = new Set(stored.map(({ view }) => view))
  expect(views.map(([view]) => view).sort()).toEqual([...names].sort())
  const described = Object.fromEntries(views.map(([view, { columns }]) => [view, Object.keys(columns)]))
  const found = views.map(([view]) => [view, columnsOf(view).map(({ name }) => name)])
  expect(described).toEqual(Object.fromEntries(found))
})

test('a client is shown the same words', async () => {
  const comments = stored.map(({ view, name, comment }) => [`${view}.${name}`, comment])
  const texts = views.flatMap(([view, { columns }]) =>
    Object.entries(columns).map(([name, words]) => [`${view}.${name}`, words]),
  )
  expect(Object.fromEntries(comments)).toEqual(Object.fromEntries(texts))
  const tables = await opened.store.query(
    "SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND engine = 'View'",
    shapeOf({ name: text, comment: text }),
  )
  expect(Object.fromEntries(tables.map(({ name, comment }) => [name, comment]))).toEqual(
    Object.fromEntries(views.map(([view, { is }]) => [view, is])),
  )
})

test('a view that a migration makes anew is commented again', async () => {
  await opened.store.command('CREATE OR REPLACE VIEW registry_imports AS SELECT 1 AS sequence')
  await migrate(opened.store, MIGRATIONS, () => 0)
  const shown = await opened.store.queryText('DESCRIBE registry_imports', 'TSVRaw')
  expect(shown).toContain('Counts imports from 1')
})

test('docs/sql.md has the views as they are; `vitest run documented-views -u` writes them', async () => {
  const page = readFileSync(path, 'utf8')
  const byHand = page.slice(0, page.indexOf('-->', page.indexOf('<!-- From here on')))
  const sections = Object.entries(DESCRIBED_VIEWS).map(([heading, section]) => {
    const parts = Object.entries(section).map(([view, { is }]) => printView(view, is, columnsOf(view)))
    return `## ${heading}\n\n${parts.join('\n')}`
  })
  await expect(`${byHand}-->\n\n${sections.join('\n')}`).toMatchFileSnapshot(path)
})

function printView(view: string, is: string, columns: readonly Column[]): string {
  const rows = columns.map(
    ({ name, type, comment }) => `| \`${name}\` | \`${printType(type)}\` | ${comment} |\n`,
  )
  return `### ${view}\n\n${is}\n\n| column | type | |\n| --- | --- | --- |\n${rows.join('')}`
}

/** The values of an enumeration are in the words beside it. */
function printType(type: string): string {
  return type
    .replaceAll(/\s+/g, ' ')
    .replace(/^Enum8\(.*\)$/, 'Enum8')
    .replaceAll("'", '')
}
