import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { DEMO_STEPS } from '../../../demo/steps.ts'
import { forbruk, type Running, startForbruk } from '../process/run-forbruk.ts'

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** Seconds, on a machine with nothing else to do. */
const ANSWER_MS = 120_000
const SET_UP_MS = 900_000
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Why no browser can be started here; null when one can. */
export function findBrowserObstacle(): string | null {
  return findChromium() === undefined ? `none of ${CHROMIUMS.join(', ')} is there` : null
}

function findChromium(): string | undefined {
  return CHROMIUMS.find(path => existsSync(path))
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? '', args: ['--no-sandbox'] })
}

/** As they are now: what a run that npm does not begin would find built is older. */
export function buildPages(): void {
  const build = join(ROOT, 'services/console/pages/build.mjs')
  const { status, stderr } = spawnSync(process.execPath, [build], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

const OPEN_MONTH = DEMO_STEPS.filter(([command]) => command !== 'close' && command !== 'audit')

/**
 * The recorded month, counted and not closed, or what other steps make, with the console and the SQL endpoint on it,
 * and a real browser.
 */
export function useDemoConsole(steps: readonly (readonly string[])[] = OPEN_MONTH) {
  let up: Running | undefined
  let browser: Browser | undefined
  let folder = ''
  let urls = { console: '', sql: '' }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'forbruk-browser-'))
    const settings = { FORBRUK_DATA_DIR: folder, FORBRUK_TARIFF: join(ROOT, 'demo/tariff.json') }
    for (const step of steps) await forbruk(step.map(toPath), settings)
    up = startForbruk(['up'], { ...settings, LOG_LEVEL: 'info', FORBRUK_CLOSE_SCHEDULE: 'off' })
    await up.saying('console and API', 300_000)
    urls = {
      console: urlOf(up.stderr, 'console and API'),
      sql: urlOf(up.stderr, "ClickHouse's HTTP protocol"),
    }
    browser = await launchBrowser()
  }, SET_UP_MS)

  afterAll(async () => {
    await browser?.close()
    await up?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A page as somebody of that language and appearance has it, 1440 wide unless told otherwise. */
  const open = async (path: string, { locale = 'nb-NO', theme = 'light', width = 1_440 }: Look = {}) => {
    if (browser === undefined) throw new Error('expected the browser to be started')
    const context = await browser.newContext({
      locale,
      colorScheme: theme,
      viewport: { width, height: 900 },
      baseURL: urls.console,
    })
    context.setDefaultTimeout(ANSWER_MS)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(path)
    await page.locator('main h1').waitFor()
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
    return { page, complaints, close: () => context.close() }
  }

  /** Rows of texts, as the endpoint that analysts use answers them. */
  const sql = async (query: string): Promise<string[][]> => {
    const answer = await fetch(`${urls.sql}/?database=forbruk`, {
      method: 'POST',
      body: `${query}\nFORMAT TSV`,
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${query}\n${text}`)
    return text.split('\n').flatMap(line => (line === '' ? [] : [line.split('\t')]))
  }

  /** Without a word, as when a machine goes down. */
  const killServer = async () => {
    up?.child.kill('SIGKILL')
    await up?.finished
  }

  return { open, sql, killServer }
}

type Look = {
  readonly locale?: 'nb-NO' | 'en-GB'
  readonly theme?: 'light' | 'dark'
  readonly width?: number
}

function toPath(argument: string): string {
  return argument.startsWith('demo/') ? join(ROOT, argument) : argument
}

/** Of the log's line with that message. */
function urlOf(log: string, message: string): string {
  const line = log.split('\n').find(each => each.includes(message)) ?? ''
  return /"url":"([^"]+)"/.exec(line)?.[1] ?? ''
}
