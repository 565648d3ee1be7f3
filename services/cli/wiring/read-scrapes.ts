import { readFile } from 'node:fs/promises'
import { ScrapeError } from '@forbruk/close/reconcile/read-scrape.ts'

const BYTES_MAX = 16 * 1_048_576
const TIMEOUT_MS = 10_000

/** The pages of counters at these places, in their order: files, and URLs, which are asked now. Throws ScrapeError. */
export async function readScrapes(places: readonly string[]): Promise<readonly string[]> {
  const pages: string[] = []
  for (const place of places) pages.push(/^https?:\/\//.test(place) ? await ask(place) : await read(place))
  return pages
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(error => {
    throw new ScrapeError(`${path} can't be read (${error.code ?? error.message})`)
  })
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
    if (!response.ok) throw new ScrapeError(`${withoutQuery(url)} answers ${response.status}`)
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > BYTES_MAX)
        throw new ScrapeError(`${withoutQuery(url)} answers more than ${BYTES_MAX} bytes`)
    }
    return text
  } catch (error) {
    if (error instanceof ScrapeError) throw error
    const why = error instanceof Error ? (error.cause ?? error) : error
    throw new ScrapeError(`${withoutQuery(url)} can't be asked (${String(why)})`)
  }
}

/** It may hold a password. */
function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return 'the URL'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
