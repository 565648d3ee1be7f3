import type { Role } from '@forbruk/schemas/access/role.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPages, findBrowserObstacle, launchBrowser } from '../support/browser/demo-console.ts'
import { findViolations } from '../support/browser/find-violations.ts'
import { useInstallation } from '../support/close/close-october.ts'
import { useConsole } from '../support/console/console.ts'
import { startProvider } from '../support/console/login-provider.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const obstacle = tellNotRun(
  'Signing in at a provider, in a browser',
  findBrowserObstacle(),
  'REQUIRE_BROWSER',
)

const ACCOUNTS = {
  kari: { groups: ['finance'], email: 'kari@firma.no', email_verified: true },
  stranger: { groups: ['chess'] },
}
const ROLES = new Map<string, Role>([['finance', 'closer']])
const WAIT_MS = 120_000

describe.skipIf(obstacle !== null)('with a provider of OpenID Connect', () => {
  const { place } = useInstallation()
  const { open, url } = useConsole(place)
  let browser: Browser

  beforeAll(async () => {
    buildPages()
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  /** A browser of its own on a page of the console, with a provider that knows it. */
  const begin = async (path: string) => {
    const provider = await startProvider(ACCOUNTS)
    const login = { ...provider.settings, scope: 'openid email groups', claim: 'groups', roles: ROLES }
    await open({ settings: { login } })
    provider.knowConsole(url())
    const context = await browser.newContext({ locale: 'nb-NO', baseURL: url() })
    context.setDefaultTimeout(WAIT_MS)
    // The provider's own pages ask for a font elsewhere.
    await context.route(
      address => address.hostname !== '127.0.0.1',
      route => route.abort(),
    )
    const page = await context.newPage()
    await page.goto(path)
    await page.getByRole('heading', { name: 'Logg inn' }).waitFor()
    const logIn = async (name: string) => {
      await page.getByRole('link', { name: 'Logg inn med kontoen din' }).press('Enter')
      await page.locator('input[name=login]').fill(name)
      await page.locator('input[name=password]').fill('any')
      await page.keyboard.press('Enter')
      await page.locator('form input[value=consent]').waitFor({ state: 'attached' })
      await page.locator('button[type=submit]').press('Enter')
    }
    const end = async () => {
      await context.close()
      await provider.stop()
    }
    return { page, logIn, end }
  }

  test('a person presses the button, comes back to the page that was asked for, and signs out', async () => {
    const { page, logIn, end } = await begin('/dialogue?month=2026-10&state=open')
    expect(await findViolations(page)).toEqual([])
    await logIn('kari')
    await page.getByRole('heading', { name: 'Dialog', level: 1 }).waitFor()
    const { pathname, searchParams } = new URL(page.url())
    expect([pathname, searchParams.get('state')]).toEqual(['/dialogue', 'open'])
    const signedIn = page.locator('#signed-in')
    expect(await signedIn.innerText()).toMatch(/kari \(kari@firma\.no\)\s+avslutter\s+Logg ut/)
    await page.getByRole('button', { name: 'Logg ut' }).press('Enter')
    await page.getByRole('heading', { name: 'Logg inn' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Logg inn' }).waitFor()
    await end()
  })

  test('whoever has no role here reads so on a page, with a way back', async () => {
    const { page, logIn, end } = await begin('/')
    await logIn('stranger')
    await page.getByRole('heading', { name: 'Du ble ikke logget inn.' }).waitFor()
    await page.getByText('stranger is known to the provider, and has no role here').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'Logg inn' }).press('Enter')
    await page.getByRole('link', { name: 'Logg inn med kontoen din' }).waitFor()
    await end()
  })
})
