import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const SCROLL_MS = 5_000
const STEP_PIXELS = 40

export type Scrolled = {
  readonly framesPerSecond: number
  readonly p95Ms: number
  readonly rowsPassed: number
}

/** Scrolls the table of clients, on all its pages, for some seconds. Null: there is no Chromium here. */
export async function scrollClients(url: string, month: string): Promise<Scrolled | null> {
  const executablePath = CHROMIUMS.find(path => existsSync(path))
  if (executablePath === undefined) return null
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } })
    await page.goto(`${url}/clients?month=${month}`)
    await page.locator('table.clients tbody a').first().waitFor({ timeout: 60_000 })
    const frames = await page.evaluate(SCROLL)
    const passed = await page.evaluate(
      'Number(document.querySelector("tbody tr[aria-rowindex]").ariaRowIndex)',
    )
    const times = frames.slice(1).map((at, index) => at - (frames[index] ?? at))
    const sorted = times.toSorted((one, other) => one - other)
    return {
      framesPerSecond: (1_000 * times.length) / times.reduce((sum, each) => sum + each, 0),
      p95Ms: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0,
      rowsPassed: Number(passed),
    }
  } finally {
    await browser.close()
  }
}

/** In the page: when each frame came. */
const SCROLL = `new Promise(resolve => {
  const frames = []
  const step = at => {
    frames.push(at)
    if (at - frames[0] >= ${SCROLL_MS}) return resolve(frames)
    window.scrollBy(0, ${STEP_PIXELS})
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})` as unknown as () => Promise<number[]>
