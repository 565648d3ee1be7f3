import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DESCRIBED_VIEWS } from '@forbruk/infra/store/views/described-views.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  findJdbcObstacle,
  findPythonObstacle,
  readByJdbc,
  readByPython,
  type Said,
} from '../support/analysts/foreign-clients.ts'
import { type Answering, startClosedOctober } from '../support/analysts/start-closed-october.ts'

/** What analysts use, on the demo's month: recipes, Grafana's dashboards, and other people's clients. */
const recipes = fileURLToPath(new URL('../../docs/recipes.md', import.meta.url))
const dashboards = new URL('../../infra/grafana/dashboards/', import.meta.url)
const [jdbcObstacle, pythonObstacle] = [await findJdbcObstacle(), await findPythonObstacle()]
const described = DESCRIBED_VIEWS.Usage ?? {}
/** The two with most requests. */
const TOP = [
  ['skarvik-ror', '27445'],
  ['tangvall-netthandel', '22955'],
]
/** SQL, and the table below it. */
const QUESTION = /^```sql\n([^`]+)\n```\n\n(?:\|.*\n)*/gm
let october: Answering

beforeAll(async () => {
  october = await startClosedOctober()
}, 900_000)
afterAll(() => october?.stop())

test('docs/recipes.md has what its questions are answered; `vitest run e2e/analysts -u` writes it', async () => {
  const page = readFileSync(recipes, 'utf8')
  const questions = [...page.matchAll(QUESTION)].map(([, sql = '']) => sql)
  expect(questions.length).toBeGreaterThan(9)
  const answers = await Promise.all(questions.map(sql => october.ask(sql, 'Markdown')))
  const written = page.replaceAll(QUESTION, (_, sql) => `\`\`\`sql\n${sql}\n\`\`\`\n\n${answers.shift()}`)
  await expect(written).toMatchFileSnapshot(recipes)
})

const targetShape = z.object({ rawSql: z.string(), format: z.number() })
const dashboardShape = z.object({
  uid: z.string(),
  panels: z.array(z.object({ title: z.string(), targets: z.array(targetShape) })),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
})

/** As the plugin fills in its macros and Grafana its variables: of the demo's month, and of a client of it or all. */
function fillIn(sql: string, client: string | null): string {
  const time = (at: string) => `toDateTime(${Date.parse(at) / 1_000})`
  const [from, to] = [time('2026-09-30T22:00:00Z'), time('2026-10-31T22:59:59Z')]
  return sql
    .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 >= ${from} AND $1 <= ${to}`)
    .replaceAll(/\$__conditionalAll\((.+?\)), \$\w+\)/g, client === null ? '1=1' : '$1')
    .replaceAll(`\${client:singlequote}`, `'${client}'`)
    .replaceAll(`\${month:raw}`, '2026-10')
}

const files = readdirSync(dashboards)
const boards = files.map(file =>
  dashboardShape.parse(JSON.parse(readFileSync(new URL(file, dashboards), 'utf8'))),
)
const panels = boards.flatMap(({ uid, panels: all }) =>
  all.flatMap(({ title, targets }) => targets.map(({ rawSql }) => [uid, title, rawSql] as const)),
)

describe('Grafana', () => {
  test.each(panels)('%s, %s', async (uid, title, rawSql) => {
    for (const client of [null, 'skarvik-ror']) {
      const answer = JSON.parse(await october.ask(fillIn(rawSql, client), 'JSON'))
      // Records come into the log when they are shipped, and the month was closed before anybody could be alerted.
      const mayBeEmpty = title === 'Alerts of the month' || title === 'Rejected events by reason'
      if (!mayBeEmpty) expect(answer.data.length, `${uid}, ${title}`).toBeGreaterThan(0)
    }
  })

  test('nothing of a macro or a variable is left over', () => {
    expect(panels.map(([, , sql]) => fillIn(sql, 'x')).filter(sql => sql.includes('$'))).toEqual([])
  })

  test('the variables can be chosen', async () => {
    const variables = boards.flatMap(({ templating }) => templating.list)
    expect(variables.map(({ name }) => name).sort()).toEqual(['client', 'month'])
    for (const { query } of variables)
      expect((await october.ask(fillIn(query, null), 'TSV')).split('\n').length).toBeGreaterThan(50)
  })

  test('the figures are those of the month', async () => {
    const sqlOf = (title: string) => panels.find(panel => panel[1] === title)?.[2] ?? ''
    const top = await october.ask(fillIn(sqlOf('Top clients'), null), 'TSV')
    expect(top).toMatch(/^skarvik-ror\t27445\t51813413\t/)
    const near = await october.ask(fillIn(sqlOf('Share of the allowance, by the newest close'), null), 'TSV')
    expect(near.split('\n').map(line => line.split('\t')[0])).toEqual(
      expect.arrayContaining(['tangvall-netthandel', 'skarvik-ror', 'kornblomst-kaffe', 'bautadal-bygg']),
    )
  })
})

const saidAs = (said: Said, what: string) => said.filter(([name]) => name === what).map(([, ...rest]) => rest)
const columns = Object.entries(described.usage_monthly?.columns ?? {})

describe.skipIf(jdbcObstacle !== null)('JDBC, which DBeaver and Metabase connect by', () => {
  let said: Said
  beforeAll(async () => {
    await october.ask('SELECT 1', 'TSV')
    said = await readByJdbc(october.host, october.port)
  }, 300_000)

  test('finds the views, and what their columns mean', () => {
    expect(saidAs(said, 'product')).toEqual([['ClickHouse']])
    expect(saidAs(said, 'schema').flat()).toContain('forbruk')
    const views = saidAs(said, 'view').map(([name]) => name)
    expect(views).toEqual(expect.arrayContaining(Object.keys(described)))
    expect(saidAs(said, 'column')).toEqual(columns)
  })

  test('reads them, and writes nothing', () => {
    expect(saidAs(said, 'top').map(([client, requests]) => [client, requests])).toEqual(TOP)
    expect(saidAs(said, 'range')).toEqual([['2026-09-30 18:00:00', '2026-11-01']])
    expect(saidAs(said, 'refused')).toEqual([['164']])
  })
})

describe.skipIf(pythonObstacle !== null)('clickhouse-connect, for Python', () => {
  let said: Said
  beforeAll(async () => {
    await october.ask('SELECT 1', 'TSV')
    said = await readByPython(october.host, october.port)
  }, 300_000)

  test('finds the views, and what their columns mean', () => {
    expect(saidAs(said, 'ping')).toEqual([['True']])
    expect(saidAs(said, 'view').flat()).toEqual(expect.arrayContaining(Object.keys(described)))
    expect(saidAs(said, 'column')).toEqual(columns)
  })

  test('reads them, and writes nothing', () => {
    expect(saidAs(said, 'top').map(([client, requests]) => [client, requests])).toEqual(TOP)
    expect(saidAs(said, 'days')).toEqual([['33', '2026-09-30', '303001']])
    expect(saidAs(said, 'refused')).toEqual([['True']])
  })
})
