import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildPages, findBrowserObstacle, useDemoConsole } from '../support/browser/demo-console.ts'
import { readTraced } from '../support/browser/read-traced.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const PAGES = new URL('../../services/console/pages/', import.meta.url)
const SCRIPT_BYTES_MAX = 250_000
/** What `npm start` prints: the month is closed in the browser with the same content. */
const CONTENT_HASH = '02f7789a80c3b62665b455b2ee8196b7cae65d1892179e4399e2f853af631a95'
const ADDRESSES = [
  '/?month=2026-10',
  '/clients?month=2026-10',
  '/clients/skarvik-ror?month=2026-10&day=2026-10-14',
  '/clients/bautadal-bygg?month=2026-10&measure=bytes&compare=2026-09',
  '/months?month=2026-10',
  '/months?month=2026-11',
  '/dialogue',
  '/dialogue/skarvik-ror%2F2026-10',
  '/pipeline',
  '/registry?month=2026-10',
]

/** Where nothing is to be traced. */
const WITHOUT_FIGURES = ['/access', '/sign-in']

/** What has moved under the reader's eyes: a hundredth of a point is less than a line by a pixel. */
const SHIFTS = `new Promise(resolve => {
  new PerformanceObserver(list => {
    const shifts = list.getEntries().filter(each => !each.hadRecentInput && each.value > 0.0001)
    resolve(shifts.map(({ value, sources }) => [value, ...sources.map(({ node }) => node?.className)]))
  }).observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => resolve([]), 200)
})`

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const obstacle = tellNotRun('The pages in a browser', findBrowserObstacle(), 'REQUIRE_BROWSER')

beforeAll(buildPages)

test('no page takes more than 250 KB of script, gzipped', () => {
  type Chunk = {
    readonly file: string
    readonly isEntry?: boolean
    readonly imports?: string[]
    readonly dynamicImports?: string[]
  }
  const manifest: Record<string, Chunk> = JSON.parse(
    readFileSync(new URL('dist/manifest.json', PAGES), 'utf8'),
  )
  const reach = (name: string, reached: Set<string>): Set<string> => {
    if (reached.has(name)) return reached
    reached.add(name)
    for (const next of manifest[name]?.imports ?? []) reach(next, reached)
    return reached
  }
  const [entry] = Object.entries(manifest).filter(([, { isEntry }]) => isEntry === true)
  const views = entry?.[1].dynamicImports ?? []
  expect(views.length).toBe(10)
  const sizes = views.map(view => {
    const files = [...reach(view, reach(entry?.[0] ?? '', new Set()))].map(name => manifest[name]?.file ?? '')
    const bytes = files.map(file => gzipSync(readFileSync(new URL(`dist/${file}`, PAGES))).length)
    return [view, bytes.reduce((sum, each) => sum + each, 0)] as const
  })
  expect(sizes.filter(([, bytes]) => bytes > SCRIPT_BYTES_MAX)).toEqual([])
})

describe.skipIf(obstacle !== null)('on the recorded month', () => {
  const { open, sql } = useDemoConsole()

  /** Of everything that has its SQL on the page, whether it is what that answers; how much that is. */
  const compareTraced = async (page: Page) => {
    const traced = await readTraced(page)
    for (const { title, sql: question, rows, isPart } of traced) {
      const answered = (await sql(question)).map(row => row.map(toPlain))
      const shown = rows.map(row => row.map(toPlain))
      expect(shown.length, title).toBeGreaterThan(0)
      if (isPart) expect(answered, title).toEqual(expect.arrayContaining(shown))
      else expect(shown, `${title}\n${question}`).toEqual(answered)
    }
    return traced.length
  }

  test('a month is tried, and closed, as the command closes it', async () => {
    const { page, complaints, close } = await open('/months?month=2026-11')
    await page.getByText('Nei: november 2026 er ufullstendig.').waitFor()
    await page.getByRole('button', { name: 'Prøv' }).click()
    await page.getByText('Den ville bli avvist.').waitFor()
    // What the server refuses is told to the browser's console as well, by the browser.
    expect(complaints.filter(each => !each.includes('409'))).toEqual([])
    await page.getByRole('button', { name: 'Måneden før' }).click()
    await page.getByText('Ja: ingenting av oktober 2026 mangler.').waitFor()
    await page.getByRole('button', { name: 'Prøv' }).click()
    await page.getByText('Den ville bli revisjon 1').waitFor()
    expect(await sql('SELECT count() FROM month_closes')).toEqual([['0']])
    await page.getByRole('button', { name: 'Avslutt oktober 2026' }).click()
    await page.getByText('oktober 2026 er avsluttet som r1').first().waitFor()
    await expect
      .poll(() => sql('SELECT month, revision, content_hash FROM month_closes'))
      .toEqual([['2026-10', '1', CONTENT_HASH]])
    await close()
  })

  test.each(ADDRESSES)('%s shows what SQL says', async address => {
    const { page, complaints, close } = await open(address)
    expect(await compareTraced(page)).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await close()
  })

  test.each(
    [...ADDRESSES, ...WITHOUT_FIGURES].flatMap(address => [
      [address, { locale: 'nb-NO', theme: 'light', width: 1_440 }] as const,
      [address, { locale: 'en-GB', theme: 'dark', width: 360 }] as const,
    ]),
  )('%s is for everybody: %j', async (address, look) => {
    const { page, complaints, close } = await open(address, look)
    expect(
      await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
    ).toBeLessThanOrEqual(0)
    const violations = await page.evaluate<unknown[]>(`${axe};
      axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(found =>
        found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))`)
    expect(violations).toEqual([])
    expect(await page.evaluate<unknown[]>(SHIFTS)).toEqual([])
    expect(await page.getAttribute('html', 'lang')).toBe(look.locale.slice(0, 2))
    expect(complaints).toEqual([])
    await close()
  })

  test('a client is found, and its figures traced, by keyboard alone', async () => {
    const { page, close } = await open('/?month=2026-10')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Hopp til innholdet')
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Kunder')
    await page.keyboard.press('Enter')
    await page.getByRole('searchbox').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('skarvik')
    await page.getByText('1 kunde', { exact: true }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Skarvik Rør og Varme AS' }).waitFor()
    expect(page.url()).toContain('month=2026-10')
    const summary = page.locator('summary', { hasText: 'SQL' }).first()
    await summary.focus()
    await page.keyboard.press('Enter')
    await page.getByText('SELECT sum(requests)').first().waitFor()
    await close()
  })

  test('a case is decided, and the decision corrected by a step of its own', async () => {
    const { page, close } = await open('/dialogue/skarvik-ror%2F2026-10')
    expect(await page.getByRole('textbox', { name: 'En melding å sende' }).inputValue()).toMatch(
      /8\s068 er over/,
    )
    const act = async (action: string, why: string) => {
      await page.getByLabel('Det du gjør').selectOption({ label: action })
      await page.getByLabel('Hvorfor', { exact: true }).fill(why)
      if (action === 'Avgjør') await page.getByLabel('Utfall').selectOption('waived')
      await page.getByRole('button', { name: 'Lagre' }).click()
    }
    await page.getByLabel('Navnet ditt').fill('Kari Nordmann')
    await act('Avgjør', 'Et skript løp løpsk, første gang.')
    await page.locator('.head .tag', { hasText: 'avgjort' }).waitFor()
    await act('Ta avgjørelsen tilbake', 'Det var andre gang.')
    await page.locator('.head .tag', { hasText: 'åpen' }).waitFor()
    const steps =
      "SELECT kind, actor, note FROM dialogue_steps WHERE client_id = 'skarvik-ror' ORDER BY sequence"
    await expect
      .poll(() => sql(steps))
      .toEqual([
        ['opened', 'forbruk close', ''],
        ['decided', 'Kari Nordmann', 'Et skript løp løpsk, første gang.'],
        ['reopened', 'Kari Nordmann', 'Det var andre gang.'],
      ])
    await close()
  })

  test('a draft is typed as the reader writes, and what it comes to is what SQL says', async () => {
    const { page, close } = await open('/registry?month=2026-10')
    const rate = page.getByRole('button', { name: 'Regn ut' })
    await page.getByLabel('Forespørsler inkludert').fill('mange')
    await page.getByText('Et helt tall, som 500000.').waitFor()
    expect(await rate.isDisabled()).toBe(true)
    await page.getByLabel('Forespørsler inkludert').fill('9 000')
    await page.getByLabel('NOK per forespørsel over').fill('0,0215')
    await page.getByLabel('NOK per måned for ekstern tilgang').fill('159,5')
    await rate.click()
    await page.getByRole('heading', { name: 'Til sammen' }).waitFor()
    expect(await compareTraced(page)).toBe(3)
    await close()
  })

  test('a registry is imported by its files: a mistake is shown in its place, and nothing stored', async () => {
    const { page, close } = await open('/registry?month=2026-10')
    const files = ['clients', 'partners', 'integrations', 'activations'].map(name => ({
      name: `${name}.csv`,
      mimeType: 'text/csv',
      buffer: readFileSync(new URL(`../../demo/registry/${name}.csv`, import.meta.url)),
    }))
    const broken = files.map(file =>
      file.name === 'clients.csv'
        ? { ...file, buffer: Buffer.from(`${file.buffer}skarvik-ror,Twice AS,,no\n`) }
        : file,
    )
    await page.locator('input[type=file]').setInputFiles(broken)
    await page.getByRole('button', { name: 'Kontroller og importer' }).click()
    await page.getByRole('alert').getByText('clients.csv').first().waitFor()
    await page.getByRole('alert').getByText('skarvik-ror,Twice AS,,no').waitFor()
    expect(await sql('SELECT count() FROM registry_imports')).toEqual([['1']])
    await page.locator('input[type=file]').setInputFiles(files)
    await page.getByRole('button', { name: 'Kontroller og importer' }).click()
    await page.getByText('ingenting ble endret').waitFor()
    await close()
  })
})

/** Decimals without the zeros that mean nothing. */
function toPlain(figure: string): string {
  return figure.includes('.') ? figure.replace(/\.?0+$/, '') : figure
}
