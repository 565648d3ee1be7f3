import { spawnSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { findBrowserObstacle, useDemoConsole } from '../support/browser/demo-console.ts'
import { findViolations } from '../support/browser/find-violations.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const BUILD = new URL('../../services/console/pages/build.mjs', import.meta.url).pathname
/** Of the demo's registry. */
const PARTNER = 'havblikk-regnskap'
const SKARVIK = '/clients/skarvik-ror?month=2026-10'

const obstacle = tellNotRun('Who is signed in, in a browser', findBrowserObstacle(), 'REQUIRE_BROWSER')

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, [BUILD], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
})

describe.skipIf(obstacle !== null)('on the recorded month, in this order', () => {
  const { open, sql } = useDemoConsole()
  const secrets = { admin: '', reader: '', client: '', partner: '' }

  test('a figure is replayed from its page, by keyboard, and is the same in log, store and statement', async () => {
    const { page, complaints, close } = await open(SKARVIK)
    const closing = await page.request.post('/v1/months/2026-10/close', { data: {} })
    expect(closing.status()).toBe(200)
    await page.reload()
    await page.getByRole('button', { name: 'Tell dette tallet på nytt' }).focus()
    await page.keyboard.press('Enter')
    const outcome = page.locator('[data-outcome]')
    await outcome.waitFor()
    expect(await outcome.getAttribute('data-outcome')).toBe('equal')
    expect(await outcome.innerText()).toContain('Det samme: loggen gir dette tallet igjen.')
    const [[requests = '', bytes = ''] = []] = await sql(
      "SELECT requests, bytes FROM statements WHERE client_id = 'skarvik-ror' AND month = '2026-10'",
    )
    const cells = await page
      .getByRole('region', { name: 'Det som ble sammenlignet' })
      .locator('td')
      .allInnerTexts()
    const plain = cells.map(cell => cell.replaceAll(/\s/g, ''))
    expect(plain.filter(cell => cell === requests)).toHaveLength(4)
    expect(plain.filter(cell => cell === bytes)).toHaveLength(4)
    expect(await findViolations(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('the first token is an administrator’s, is shown once, and signs the browser in', async () => {
    const { page, close } = await open('/access')
    secrets.admin = await make(page, 'kari')
    await page.locator('#signed-in', { hasText: 'kari' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    secrets.reader = await make(page, 'leser', { role: 'reader' })
    secrets.client = await make(page, 'skarvik', { role: 'reader', client: 'skarvik-ror' })
    secrets.partner = await make(page, 'byra', { role: 'reader', partner: PARTNER })
    await page.reload()
    await page.getByRole('cell', { name: 'skarvik', exact: true }).waitFor()
    expect(await page.content()).not.toContain(secrets.client)
    await close()
  })

  test('without a session the sign-in page stands where the page was asked for, and then the page', async () => {
    const { page, complaints, close } = await open('/pipeline')
    await page.getByRole('heading', { name: 'Logg inn' }).waitFor()
    expect(await page.getByRole('navigation').getByRole('link').count()).toBe(0)
    expect(await findViolations(page)).toEqual([])
    await page.getByLabel('Token').fill('fbk_of-nobody')
    await page.getByRole('button', { name: 'Logg inn' }).click()
    await page.getByRole('alert').getByText('be en administrator om et nytt').waitFor()
    await signIn(page, secrets.reader)
    await page.getByRole('heading', { name: 'Datastrøm', level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/pipeline')
    // What a reader can't do is not there.
    await page.goto('/months?month=2026-10')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByRole('link', { name: 'csv', exact: true }).first().waitFor()
    expect(await page.getByRole('button', { name: 'Prøv' }).count()).toBe(0)
    await page.goto(SKARVIK)
    await page.getByText('npx forbruk audit').waitFor()
    expect(await page.getByRole('button', { name: 'Tell dette tallet på nytt' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Logg ut' }).click()
    await page.getByRole('heading', { name: 'Logg inn' }).waitFor()
    // The browser tells its console of what was refused.
    expect(complaints.filter(each => !each.includes('401'))).toEqual([])
    await close()
  })

  test.each(['nb-NO', 'en-GB'] as const)(
    'a client begins at its own page, and meets no dead end: %s',
    async locale => {
      const { page, complaints, close } = await open('/', {
        locale,
        theme: locale === 'nb-NO' ? 'light' : 'dark',
      })
      const refused: string[] = []
      await signIn(page, secrets.client)
      page.on('response', answer => {
        if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`)
      })
      await page.getByRole('heading', { name: 'Skarvik Rør og Varme AS' }).waitFor()
      expect(new URL(page.url()).pathname).toBe('/clients/skarvik-ror')
      await page.goto(SKARVIK)
      await page.locator('.skeleton').first().waitFor({ state: 'detached' })
      const own = await page.locator('a[href^="/"]').all()
      const links = await Promise.all(own.map(async each => (await each.getAttribute('href')) ?? ''))
      expect(links.some(link => link.startsWith('/months'))).toBe(true)
      for (const link of new Set(links))
        expect([link, (await page.request.get(link)).status()]).toEqual([link, 200])
      expect(await page.locator('.sql').count()).toBe(0)
      // How far it is over what is included, and since when, is its own to know.
      expect(await page.getByText(/180[.,]6\s%/).count()).toBe(1)
      await page.getByText(/inkludert siden 17\. oktober|included since 17 October/).waitFor()
      expect(await findViolations(page)).toEqual([])
      await page.getByRole('navigation').getByRole('link').nth(1).click()
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('.skeleton').first().waitFor({ state: 'detached' })
      expect(refused).toEqual([])
      for (const path of [
        '/',
        '/clients',
        '/clients/bautadal-bygg',
        '/dialogue',
        '/pipeline',
        '/registry',
        '/access',
      ]) {
        await page.goto(path)
        await page.locator('main h1').waitFor()
        expect(await page.content()).not.toContain('Bautadal')
      }
      expect(refused).toEqual([])
      expect(complaints.filter(each => !each.includes('401'))).toEqual([])
      await close()
    },
  )

  test('a partner begins with its clients, and sees no others', async () => {
    const { page, close } = await open('/')
    await signIn(page, secrets.partner)
    await page.getByRole('searchbox').waitFor()
    await page.goto('/clients?month=2026-10')
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
    const own = await sql(
      `SELECT count() FROM statements WHERE month = '2026-10' AND '${PARTNER}' IN (partner_id, client_id)`,
    )
    await page.getByText(`${own[0]?.[0]} kunder`).waitFor()
    await close()
  })

  test('a token that is revoked leads back to the sign-in page', async () => {
    const { page, close } = await open('/')
    await signIn(page, secrets.admin)
    await page.goto('/access')
    await page.getByRole('button', { name: 'Trekk tilbake skarvik' }).click()
    await page.getByLabel('Trekk tilbake skarvik').getByRole('textbox').fill('Portalen er lagt ned.')
    await page.keyboard.press('Enter')
    await page.getByText('Portalen er lagt ned.').waitFor()
    const client = await open('/')
    await signIn(client.page, secrets.client)
    await client.page.getByRole('alert').waitFor()
    await client.close()
    await page.getByRole('button', { name: 'Trekk tilbake kari' }).click()
    await page.getByLabel('Trekk tilbake kari').getByRole('textbox').fill('Ferdig.')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Logg inn' }).waitFor({ timeout: 30_000 })
    await close()
  })
})

type Wanted = { readonly role?: string; readonly client?: string; readonly partner?: string }

/** In the form of the page; answers what it shows once. */
async function make(page: Page, name: string, { role, client, partner }: Wanted = {}): Promise<string> {
  await page.getByRole('textbox', { name: 'Navn' }).fill(name)
  if (role !== undefined) await page.getByRole('combobox', { name: 'Kan' }).selectOption(role)
  if (client !== undefined) {
    await page.getByRole('combobox', { name: 'Ser' }).selectOption('client')
    await page.getByLabel('Kundens id').fill(client)
  }
  if (partner !== undefined) {
    await page.getByRole('combobox', { name: 'Ser' }).selectOption('partner')
    await page.getByLabel('Partnerens id').fill(partner)
  }
  await page.getByRole('button', { name: 'Lag et token' }).click()
  const secret = await page.locator('[data-secret]').innerText()
  expect(secret).toMatch(/^fbk_[\w-]{43}$/)
  await page.getByRole('button', { name: 'Jeg har det' }).click()
  return secret
}

async function signIn(page: Page, secret: string): Promise<void> {
  await page.locator('input[name=token]').fill(secret)
  await page.keyboard.press('Enter')
}
