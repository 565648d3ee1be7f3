import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildPages, findBrowserObstacle, useDemoConsole } from '../support/browser/demo-console.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const obstacle = tellNotRun("A newcomer's questions in a browser", findBrowserObstacle(), 'REQUIRE_BROWSER')

const usesShape = z.array(z.object({ requests: z.coerce.number() }))

beforeAll(buildPages)

/** What somebody asks who has never seen the pages: each answer is two steps away at most, and said in words. */
describe.skipIf(obstacle !== null)('of the recorded month a newcomer finds', () => {
  const { open } = useDemoConsole()

  test('who goes over what is included: on the first page', async () => {
    const { page, close } = await open('/?month=2026-10')
    const row = page.getByRole('row', { name: 'Skarvik Rør og Varme AS' })
    expect(await row.innerText()).toMatch(/over\s+17\. oktober\s+180,6 %/)
    await close()
  })

  test('whether October may be closed: behind one link', async () => {
    const { page, close } = await open('/?month=2026-10')
    await page.getByRole('link', { name: 'Måneder' }).press('Enter')
    await page.getByRole('heading', { name: 'Kan oktober 2026 avsluttes?' }).waitFor()
    await page.getByText('Ja: ingenting av oktober 2026 mangler.').waitFor()
    const sources = page.getByRole('region', { name: 'Sendt fra kildene' }).first()
    expect(await sources.innerText()).toContain('gateway-1')
    await page.getByRole('button', { name: 'Prøv' }).press('Enter')
    await page.getByRole('button', { name: 'Avslutt oktober 2026' }).press('Enter')
    await page.getByText('oktober 2026 er avsluttet som r1').first().waitFor()
    await close()
  })

  test('why Skarvik pays: behind its name', async () => {
    const { page, close } = await open('/?month=2026-10')
    await page.getByRole('link', { name: 'Skarvik Rør og Varme AS' }).press('Enter')
    const charge = page.getByRole('region', { name: 'Hva oktober 2026 koster' }).first()
    const words = (await charge.innerText()).replaceAll('\u00a0', ' ')
    expect(words).toContain('149,00 kr å betale. 137,16 kr til er foreslått')
    expect(words).toMatch(/Forespørsler over 10 000 foreslått\s+8 068 forespørsler\s+0,017\s+137,16 kr/)
    await close()
  })

  test('what a client did on 14 October by hour: behind its name, by its date or its bar', async () => {
    const { page, close } = await open('/?month=2026-10')
    await page.getByRole('link', { name: 'Skarvik Rør og Varme AS' }).press('Enter')
    await page.getByRole('combobox', { name: 'Dag', exact: true }).selectOption({ label: '14. oktober' })
    const hours = page.getByRole('region', { name: 'onsdag 14. oktober 2026, time for time' }).first()
    await hours.getByText('Som tabell').press('Enter')
    expect(await hours.getByRole('row', { name: '10:00' }).innerText()).toMatch(/10:00\s+57/)
    expect(page.url()).toContain('day=2026-10-14')
    await page.getByRole('button', { name: 'Lukk dagen' }).click()
    const chart = page.getByRole('img', { name: 'Forespørsler dag for dag' })
    await chart.locator('g[aria-label=bar] rect').nth(15).click()
    await page.getByRole('heading', { name: 'fredag 16. oktober 2026, time for time' }).waitFor()
    await close()
  })

  test('the same as a file: on the page of the client, and of all on their list', async () => {
    const { page, close } = await open('/clients/skarvik-ror?month=2026-10')
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'csv' }).press('Enter'),
    ])
    expect(saved.suggestedFilename()).toBe('skarvik-ror-2026-10.csv')
    const rows = usesShape.parse(parse(readFileSync(await saved.path()), { columns: true }))
    const requests = rows.reduce((sum, each) => sum + each.requests, 0)
    expect(requests).toBe(27_445)
    await page.goto(new URL('/clients?month=2026-10', page.url()).href)
    const [list] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'csv' }).press('Enter'),
    ])
    expect(list.suggestedFilename()).toBe('clients-2026-10.csv')
    expect(readFileSync(await list.path(), 'utf8')).toMatch(
      /^"?skarvik-ror"?,"?Skarvik Rør og Varme AS"?,.*,27445,/m,
    )
    await close()
  })
})
