import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { DEMO_STEPS } from '../../demo/steps.ts'
import { buildPages, findBrowserObstacle, useDemoConsole } from '../support/browser/demo-console.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const obstacle = tellNotRun(
  'What goes wrong between people, in a browser',
  findBrowserObstacle(),
  'REQUIRE_BROWSER',
)
const CLOSED_MONTH = DEMO_STEPS.filter(([command]) => command !== 'audit')
const NAMES = ['clients', 'partners', 'integrations', 'activations'] as const

const registryFile = (name: (typeof NAMES)[number], toBytes = (text: string) => Buffer.from(text)) => ({
  name: `${name}.csv`,
  mimeType: 'text/csv',
  buffer: toBytes(readFileSync(new URL(`../../demo/registry/${name}.csv`, import.meta.url), 'utf8')),
})

beforeAll(buildPages)

describe.skipIf(obstacle !== null)('on the closed month', () => {
  const { open, sql } = useDemoConsole(CLOSED_MONTH)

  test('of two people who decide one case the second learns it, and keeps what was typed', async () => {
    const address = '/dialogue/kornblomst-kaffe%2F2026-10'
    const [anne, bjorn] = [await open(address), await open(address)]
    const waive = async (page: typeof anne.page, actor: string, why: string) => {
      await page.getByLabel('Navnet ditt').fill(actor)
      await page.getByLabel('Det du gjør').selectOption({ label: 'Avgjør' })
      await page.getByLabel('Utfall').selectOption('waived')
      await page.getByLabel('Hvorfor', { exact: true }).fill(why)
      await page.getByRole('button', { name: 'Lagre' }).click()
    }
    await waive(anne.page, 'Anne', 'Én forespørsel over.')
    await anne.page.locator('.head .tag', { hasText: 'avgjort' }).waitFor()
    expect(await anne.page.getByRole('alert').count()).toBe(0)
    await waive(bjorn.page, 'Bjørn', 'Det er bare én.')
    await bjorn.page
      .getByRole('alert')
      .getByText('i mellomtiden skjedde noe annet her: avgjort (Anne)')
      .waitFor()
    await bjorn.page.locator('.head .tag', { hasText: 'avgjort' }).waitFor()
    const written = bjorn.page.locator('textarea[name=note]')
    expect(await written.inputValue()).toBe('Det er bare én.')
    // There is nothing left to decide: what was typed is noted, or left.
    await bjorn.page.getByRole('button', { name: 'Lagre' }).click()
    await bjorn.page.getByText('Bjørn, ').waitFor()
    expect([await written.inputValue(), await bjorn.page.getByRole('alert').count()]).toEqual(['', 0])
    const steps =
      "SELECT kind, actor FROM dialogue_steps WHERE client_id = 'kornblomst-kaffe' ORDER BY sequence"
    await expect
      .poll(() => sql(steps))
      .toEqual([
        ['opened', 'forbruk close'],
        ['decided', 'Anne'],
        ['noted', 'Bjørn'],
      ])
    await anne.close()
    await bjorn.close()
  })

  test('whoever types a search and opens a client stays there, and the field says what the list is of', async () => {
    const { page, close } = await open('/clients?month=2026-10&search=skarvik')
    await page.getByRole('searchbox').fill('tangvall')
    await page.getByRole('link', { name: 'Skarvik Rør og Varme AS' }).click()
    await page.getByRole('heading', { name: 'Skarvik Rør og Varme AS' }).waitFor()
    await page.waitForTimeout(600)
    expect(page.url()).toContain('/clients/skarvik-ror')
    await page.goBack()
    await page.getByText('1 kunde', { exact: true }).waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('tangvall')
    await page.getByRole('link', { name: 'Kunder' }).click()
    await page.getByText('60 kunder', { exact: true }).waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('')
    await close()
  })

  test('paper has every client of the list, and a client that is over by one is told as over', async () => {
    const { page, close } = await open('/clients?month=2026-10')
    const drawn = () => page.locator('tbody a[data-row]').count()
    expect(await drawn()).toBeLessThan(60)
    const row = page.getByRole('row', { name: 'Kornblomst Kaffebarer AS' })
    expect(await row.innerText()).toMatch(/over\s100,0\s%/)
    expect(await row.locator('.track .full').count()).toBe(1)
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(await drawn()).toBe(60)
    await close()
  })

  test.each([
    ['/dialogue/nonsense', 'nonsense', 'Det er ingen slik sak.'],
    ['/dialogue/skarvik-ror%2F2020-01', 'skarvik-ror/2020-01', 'Det er ingen slik sak.'],
    ['/?month=2099-12', 'Oversikt', 'Ingenting er talt denne måneden.'],
    ['/clients/skarvik-ror?month=2099-12', 'Skarvik Rør og Varme AS', 'Ingenting er talt'],
    ['/registry?month=2000-01', 'Register og priser', 'Ingen prisliste gjelder denne måneden.'],
    [`/clients?search=${'x'.repeat(201)}`, 'Kunder', 'er ikke skrevet slik tjeneren venter.'],
  ])('%s is a page under its name, in Norwegian', async (address, heading, words) => {
    const { page, close } = await open(address)
    await page.getByText(words).first().waitFor()
    expect(await page.locator('h1').innerText()).toBe(heading)
    expect(await page.title()).toBe(`${heading} – Forbruk`)
    await close()
  })

  test('an address put together by hand shows no day and no comparison but those that it says', async () => {
    const address = '/clients/skarvik-ror?month=2026-10&day=2026-09-14&compare=2020-01'
    const { page, close } = await open(address)
    await page.getByRole('combobox', { name: 'Sammenlign med' }).waitFor()
    expect(await page.getByRole('heading', { name: 'time for time' }).count()).toBe(0)
    expect(await page.getByRole('combobox', { name: 'Sammenlign med' }).inputValue()).toBe('2020-01')
    await close()
  })

  test('no month before the first or after the last that there is can be chosen', async () => {
    const { page, close } = await open('/clients?month=2000-01')
    expect(await page.getByRole('button', { name: 'Måneden før' }).isDisabled()).toBe(true)
    await page.goto('/clients?month=2099-12')
    await page.getByText('60 kunder', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Måneden etter' }).isDisabled()).toBe(true)
    await close()
  })

  test('a registry that is no UTF-8 is not read, and a file beside its place is not opened', async () => {
    const { page, close } = await open('/registry?month=2026-10')
    const latin = registryFile('clients', text => Buffer.from(text, 'latin1'))
    const others = NAMES.filter(name => name !== 'clients').map(name => registryFile(name))
    await page.locator('input[type=file]').setInputFiles([latin, ...others])
    await page.getByText('clients.csv er ikke UTF-8').waitFor()
    await page.getByText('Mangler ennå: clients.csv.').waitFor()
    expect(await page.getByRole('button', { name: 'Kontroller og importer' }).isDisabled()).toBe(true)
    await page.locator('input[type=file]').setInputFiles([registryFile('clients')])
    await page.getByText('✓ clients.csv').waitFor()
    expect(await page.getByText('er ikke UTF-8').count()).toBe(0)
    const isKept = `(() => {
      const drop = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() })
      document.querySelector('h1').dispatchEvent(drop)
      return drop.defaultPrevented
    })()`
    expect(await page.evaluate(isKept)).toBe(true)
    await page.getByLabel('NOK per MB over').fill('9999999999')
    await page.getByText('Fra 0 til 999999999, som 0,017.').waitFor()
    await close()
  })
})
