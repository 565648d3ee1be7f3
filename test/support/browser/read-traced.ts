import type { Page } from 'playwright-core'

type Traced = {
  readonly title: string
  readonly sql: string
  /** The exact figures as they stand in rows; in a list that is longer than what is drawn, only some. */
  readonly rows: readonly (readonly string[])[]
  readonly isPart: boolean
}

/** Run in the page. */
const READ = `[...document.querySelectorAll('[data-traced]')].map(place => {
  const valuesOf = within => [...within.querySelectorAll('data')].map(each => each.getAttribute('value') ?? '')
  const rows = [...place.querySelectorAll('tbody tr')].map(valuesOf).filter(row => row.length > 0)
  return {
    title: place.querySelector('h1, h2, dt')?.textContent ?? '',
    sql: place.querySelector('.sql pre')?.textContent ?? '',
    rows: rows.length > 0 ? rows : [valuesOf(place)].filter(row => row.length > 0),
    isPart: place.dataset.traced === 'some',
  }
})`

/** Everything on the page that shows figures with the SQL that they come from. */
export async function readTraced(page: Page): Promise<Traced[]> {
  // What the SQL of a list says of allowances comes after the list.
  await page.locator('[data-traced]:not(:has(.sql))').first().waitFor({ state: 'detached' })
  return page.evaluate<Traced[]>(READ)
}
