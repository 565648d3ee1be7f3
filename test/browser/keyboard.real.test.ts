import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildPages, findBrowserObstacle, useDemoConsole } from '../support/browser/demo-console.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'

const obstacle = tellNotRun('The pages by keyboard alone', findBrowserObstacle(), 'REQUIRE_BROWSER')
/** More than any page of the recorded month has. */
const PRESSES_MAX = 250

/** Where the focus is; null: it has left the page. */
const FOCUSED = `(() => {
  const element = document.activeElement
  if (element === null || element === document.body) return null
  const before = window.focusedBefore
  window.focusedBefore = element
  // The ring of a field that is out of sight stands around what is seen of it.
  const { outlineStyle, outlineWidth } = getComputedStyle(element.closest('.drop') ?? element)
  const { top, bottom } = element.getBoundingClientRect()
  return {
    name: element.tagName + ' ' + (element.ariaLabel ?? element.textContent).trim().slice(0, 40),
    isRinged: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    isSeen: bottom > 0 && top < innerHeight,
    isNext: before === undefined || Boolean(before.compareDocumentPosition(element) & 4),
  }
})()`

const focusedShape = z
  .object({ name: z.string(), isRinged: z.boolean(), isSeen: z.boolean(), isNext: z.boolean() })
  .nullable()

/** Tab by Tab through the page, until it is left. */
async function walk(page: Page) {
  const stops = []
  for (let presses = 0; presses < PRESSES_MAX; presses++) {
    await page.keyboard.press('Tab')
    const focused = focusedShape.parse(await page.evaluate(FOCUSED))
    if (focused === null) return stops
    stops.push(focused)
  }
  throw new Error(`after ${PRESSES_MAX} presses the focus is still on the page, at ${stops.at(-1)?.name}`)
}

beforeAll(buildPages)

describe.skipIf(obstacle !== null)('by keyboard alone, on the recorded month', () => {
  const { open } = useDemoConsole()

  test.each([
    '/?month=2026-10',
    '/clients?month=2026-10&search=as',
    '/clients/skarvik-ror?month=2026-10&day=2026-10-14',
    '/months?month=2026-10',
    '/dialogue',
    '/pipeline',
    '/registry?month=2026-10',
    '/access',
    '/sign-in',
  ])('%s is gone through from its first link to its end, in order, and seen', async address => {
    const { page, close } = await open(address)
    const stops = await walk(page)
    expect(stops[0]?.name).toBe('A Hopp til innholdet')
    // At least the links of the frame, and what chooses language and appearance.
    expect(stops.length).toBeGreaterThan(9)
    expect(stops.filter(({ isRinged, isSeen, isNext }) => !(isRinged && isSeen && isNext))).toEqual([])
    await close()
  })

  test('the list of clients is gone down and up by arrows, past what was drawn at first', async () => {
    const { page, close } = await open('/clients?month=2026-10')
    await page.getByRole('table').getByRole('link').first().waitFor()
    await page.getByRole('searchbox').press('ArrowDown')
    for (let presses = 0; presses < 45; presses++) await page.keyboard.press('ArrowDown')
    const rowOf = () => page.locator('tr:has(a:focus)').getAttribute('aria-rowindex')
    expect(await rowOf()).toBe('47')
    await page.keyboard.press('ArrowUp')
    expect(await rowOf()).toBe('46')
    const name = await page.locator('a:focus').innerText()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name, level: 1 }).waitFor()
    // Whoever follows a link goes on in the page that it leads to.
    expect(await page.locator('main:focus').count()).toBe(1)
    await close()
  })

  test('what a choice opens gives the focus back when it is closed', async () => {
    const { page, close } = await open('/clients/skarvik-ror?month=2026-10')
    const day = page.getByRole('combobox', { name: 'Dag', exact: true })
    await day.focus()
    await day.selectOption({ label: '14. oktober' })
    await page.getByRole('button', { name: 'Lukk dagen' }).press('Enter')
    await page.getByRole('button', { name: 'Lukk dagen' }).waitFor({ state: 'detached' })
    expect(await day.and(page.locator(':focus')).count()).toBe(1)
    await close()
  })
})
