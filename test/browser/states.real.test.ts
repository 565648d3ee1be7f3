import { beforeAll, describe, expect, test } from 'vitest'
import { buildPages, findBrowserObstacle, useDemoConsole } from '../support/browser/demo-console.ts'
import { findViolations } from '../support/browser/find-violations.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const obstacle = tellNotRun(
  'Empty, slow and failed pages in a browser',
  findBrowserObstacle(),
  'REQUIRE_BROWSER',
)

beforeAll(buildPages)

describe.skipIf(obstacle !== null)('where nothing is there yet', () => {
  const { open, killServer } = useDemoConsole([])

  test.each([
    ['/', 'Send en logg med «npx forbruk ship»'],
    ['/', 'importer et under Register og priser'],
    ['/clients', 'Importer et register under Register og priser'],
    ['/clients/nobody', 'Se etter den blant kundene'],
    ['/months', 'Når en er over og ingenting av den mangler, avslutt den over'],
    ['/months', '«npx forbruk ship» sender en logg'],
    ['/dialogue', 'Når en måned avsluttes, får hver kunde over det som er inkludert, en'],
    ['/pipeline', '«npx forbruk ship» sender en logg'],
    ['/registry', 'Importer et under'],
  ])('%s says what to do: %s', async (address, words) => {
    const { page, close } = await open(address)
    await page.getByText(words).first().waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    // A table of nothing is a line of heads that mean nothing.
    expect(await page.locator('table:has(thead):not(:has(tbody td))').count()).toBe(0)
    await close()
  })

  test.each(['nb-NO', 'en-GB'] as const)(
    'an address that is none is a page with a way back: %s',
    async locale => {
      const { page, close } = await open('/', { locale, theme: 'dark', width: 360 })
      const opened = await page.goto('/nonsense')
      expect(opened?.status()).toBe(404)
      const isNorwegian = locale === 'nb-NO'
      expect(await page.locator('h1').innerText()).toBe(
        isNorwegian ? 'Denne siden finnes ikke.' : 'There is no such page.',
      )
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
      expect(await findViolations(page)).toEqual([])
      const forPrograms = await page.request.get('/nonsense')
      expect(await forPrograms.json()).toMatchObject({ type: 'urn:forbruk:problem:not_found', status: 404 })
      await page.getByRole('link').press('Enter')
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await page.title()).toBe(isNorwegian ? 'Oversikt – Forbruk' : 'Overview – Forbruk')
      await close()
    },
  )

  test('an answer that lets itself be waited for keeps its place, and says so', async () => {
    const { page, close } = await open('/clients')
    const answer = Promise.withResolvers<void>()
    await page.route('**/v1/cases*', async route => {
      await answer.promise
      await route.continue()
    })
    await page.getByRole('link', { name: 'Dialog' }).press('Enter')
    const place = page.getByRole('status').filter({ hasText: 'Laster …' })
    await place.waitFor()
    expect((await place.boundingBox())?.height).toBe(300)
    answer.resolve()
    await page.getByText('Det er ingen slik sak.').waitFor()
    await close()
  })

  test('when the server goes away the page keeps its figures, says how old they are, and what to do', async () => {
    const { page, close } = await open('/pipeline')
    await page.getByText('Alt som står i loggen, er talt.').waitFor()
    await killServer()
    await page.getByText(/Det som står her, er fra .*: siden har tjeneren ikke svart/).waitFor()
    expect(await page.getByText('Alt som står i loggen, er talt.').count()).toBe(1)
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Spør igjen' }).waitFor()
    // What was not looked at before says so too, and the frame is still there.
    await page.getByRole('link', { name: 'Dialog' }).press('Enter')
    await page.getByRole('alert').getByText('Tjeneren svarer ikke.').waitFor()
    await page.getByRole('link', { name: 'Oversikt' }).waitFor()
    await close()
  })
})
