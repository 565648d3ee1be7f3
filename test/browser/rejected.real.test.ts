import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildPages, findBrowserObstacle, useDemoConsole } from '../support/browser/demo-console.ts'
import { findViolations } from '../support/browser/find-violations.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const obstacle = tellNotRun('Rejected events in a browser', findBrowserObstacle(), 'REQUIRE_BROWSER')
const folder = mkdtempSync(join(tmpdir(), 'forbruk-rejected-'))
const log = join(folder, 'access.log')
const STEPS = [
  ['ship', '--format', 'nginx-json', '--source', 'edge', log],
  ['aggregate', '--until-caught-up'],
]
/** Four requests for which the gateway names no client where it should, and one of them in another field. */
const LINE = { msec: Date.now() / 1_000 - 600, client_id: '', status: 200, request_length: 1, bytes_sent: 2 }
const WHO = { who: 'skarvik-ror' }
const written = [1, 2, 3, 4].map(number => ({ ...LINE, number, ...(number === 2 ? WHO : {}) }))
writeFileSync(log, written.map(line => `${JSON.stringify(line)}\n`).join(''))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(buildPages)

describe.skipIf(obstacle !== null)('where four lines were rejected', () => {
  const { open, sql } = useDemoConsole(STEPS)
  const states = () => sql('SELECT state, sum(events) FROM rejected_events GROUP BY state ORDER BY state')
  const secrets = { closer: '', reader: '' }
  const openAt = async () => {
    const [row] = await sql(
      "SELECT concat(toString(partition), ':', toString(offset)) FROM rejected_events WHERE state = 'open' " +
        'ORDER BY append_time DESC, partition, offset, event_index LIMIT 1',
    )
    return row?.[0] ?? ''
  }

  test('an event is mended by the page: tried first, sent by the button, and counted', async () => {
    const { page, complaints, close } = await open('/pipeline')
    expect(await states()).toEqual([['open', '4']])
    const at = await openAt()
    const opener = page.getByRole('button', { name: `Rett eller frafall … ${at}` })
    await opener.press('Enter')
    await page.getByRole('button', { name: 'La det være' }).press('Enter')
    expect(await opener.and(page.locator(':focus')).count()).toBe(1)
    await opener.press('Enter')
    expect(await page.locator('select:focus').count()).toBe(1)
    await page.getByLabel('Hva er galt').selectOption('hele linjen')
    await page.getByRole('textbox', { name: 'Hele linjen' }).fill(JSON.stringify(LINE))
    await page.getByLabel('Navnet ditt').fill('Kari')
    await page.getByLabel('Hvordan man vet').fill('kunden ringte')
    await page.getByRole('button', { name: 'Prøv' }).click()
    await page.getByText('mended it is rejected again').waitFor()
    expect(complaints.filter(each => !each.includes('409'))).toEqual([])
    await page
      .getByRole('textbox', { name: 'Hele linjen' })
      .fill(JSON.stringify({ ...LINE, client_id: 'skarvik-ror' }))
    await page.getByRole('button', { name: 'Prøv' }).click()
    await page.getByText('Det ville gjelde 1 hendelse.').waitFor()
    expect(await states()).toEqual([['open', '4']])
    await page.getByRole('button', { name: 'Send 1 hendelse på nytt' }).click()
    await page.getByText('Gjort, for 1 hendelse.').waitFor()
    await expect.poll(states, { timeout: 60_000 }).toEqual([
      ['mended', '1'],
      ['open', '3'],
    ])
    await close()
  })

  test('lines are read again by the page: tried first, with whom they would be charged to, and counted', async () => {
    const { page, close } = await open('/pipeline')
    await page.getByRole('button', { name: 'Les på nytt … client_missing' }).click()
    await page.getByLabel('Navnet ditt').fill('Kari')
    await page.getByLabel('Hvordan man vet').fill('kunden står i et annet felt')
    await page.getByRole('button', { name: 'Prøv' }).click()
    await page.getByText('3 blir stående som de var.').waitFor()
    await page.getByText('still_rejected').first().waitFor()
    await page.getByLabel('Feltet med kunden').fill('who')
    await page.getByRole('button', { name: 'Prøv' }).click()
    await page.getByText('Det ville gjelde 1 hendelse').waitFor()
    await page.getByText(/skarvik-ror, 200/).waitFor()
    expect(await findViolations(page)).toEqual([])
    const before = await states()
    await page.getByRole('button', { name: 'Send 1 hendelse på nytt' }).click()
    await page.getByText('Gjort, for 1 hendelse').waitFor()
    await expect.poll(states, { timeout: 60_000 }).not.toEqual(before)
    const told =
      "SELECT act, said_actor, reason FROM audit_entry WHERE outcome = 'done' ORDER BY at DESC LIMIT 1"
    expect(await sql(told)).toEqual([['mend_events', 'Kari', 'kunden står i et annet felt']])
    await close()
  })

  test('whoever may only read sees what was rejected, and no way to settle it', async () => {
    const { page, close } = await open('/pipeline')
    await page.getByRole('button', { name: 'Frafall … client_missing' }).waitFor()
    secrets.closer = await makeToken(page, 'ola', ['admin', 'closer'])
    const asAdmin = { authorization: `Bearer ${secrets.closer}` }
    secrets.reader = await makeToken(page, 'leser', ['reader'], asAdmin)
    await page.reload()
    await signIn(page, secrets.reader)
    await page.getByRole('button', { name: 'client_missing' }).first().waitFor()
    expect(await page.getByRole('button', { name: /^(Frafall|Rett)/ }).count()).toBe(0)
    await close()
  })

  test("a month's events of one reason are waived by the page, in English, in the dark, on a phone", async () => {
    const { page, close } = await open('/pipeline', { locale: 'en-GB', theme: 'dark', width: 360 })
    await signIn(page, secrets.closer)
    await page.getByRole('button', { name: 'Waive … client_missing' }).click()
    const month = new Date().toISOString().slice(0, 7)
    expect(await page.getByLabel('Month').inputValue()).toBe(month)
    // Who signed in is known.
    expect(await page.getByLabel('Your name').count()).toBe(0)
    await page.getByLabel('Why they need not be counted').fill('no valid key: nobody to charge')
    expect(await findViolations(page)).toEqual([])
    const isWithin = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth'
    expect(await page.evaluate(isWithin)).toBe(true)
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('It would be for').waitFor()
    const before = await states()
    await page.getByRole('button', { name: /^Waive \d+ events$/ }).click()
    await page.getByText('Done, for').waitFor()
    expect((await states()).filter(([state]) => state === 'open')).toEqual([])
    expect(before.filter(([state]) => state === 'open')).toHaveLength(1)
    expect(await sql('SELECT DISTINCT reason, actor FROM rejected_waiver')).toEqual([
      ['no valid key: nobody to charge', 'ola'],
    ])
    await close()
  })
})

const madeShape = z.object({ secret: z.string() })

async function makeToken(page: Page, name: string, roles: readonly string[], headers = {}): Promise<string> {
  const url = new URL('/v1/access/tokens', page.url()).href
  return madeShape.parse(await (await page.request.post(url, { headers, data: { name, roles } })).json())
    .secret
}

async function signIn(page: Page, secret: string): Promise<void> {
  await page.locator('input[name=token]').fill(secret)
  await page.keyboard.press('Enter')
}
