/** What was read is no counter of requests that is known; `message` says what was expected. */
export class ScrapeError extends Error {
  override name = 'ScrapeError'
}

/** A gateway's counters of requests at one moment: each by what tells it from the others. */
export type Scrape = { readonly counter: string; readonly series: ReadonlyMap<string, number> }

type Counter = {
  readonly counter: string
  readonly metric: string
  /** Of the program itself, which its access log doesn't have. */
  readonly isOwn: (labels: ReadonlyMap<string, string>) => boolean
}

const none = () => false

/** As their documentation names them, in Prometheus' text format. */
const COUNTERS: readonly Counter[] = [
  {
    counter: 'envoy',
    metric: 'envoy_http_downstream_rq_total',
    isOwn: labels => labels.get('envoy_http_conn_manager_prefix') === 'admin',
  },
  { counter: 'kong', metric: 'kong_http_requests_total', isOwn: none },
  { counter: 'haproxy', metric: 'haproxy_frontend_http_requests_total', isOwn: none },
  { counter: 'traefik', metric: 'traefik_entrypoint_requests_total', isOwn: none },
]

const STUB_STATUS = /^server accepts handled requests\r?\n {0,8}\d{1,16} \d{1,16} (\d{1,16}) *\r?\n/m

/**
 * Pure: NGINX's stub_status, or a page of Prometheus metrics. `wanted` are labels that a series must have, such as
 * `proxy=api`: what one gateway serves beside the source is told apart by them.
 *
 * @throws ScrapeError
 */
export function readScrape(text: string, wanted: ReadonlyMap<string, string>): Scrape {
  const requests = STUB_STATUS.exec(text)?.[1]
  if (requests !== undefined) {
    if (wanted.size > 0) throw new ScrapeError('stub_status has no labels; expected none to choose by')
    return { counter: 'nginx', series: new Map([['requests', toCount(requests)]]) }
  }
  for (const counter of COUNTERS) {
    const series = readSeries(text, counter, wanted)
    if (series !== null) return { counter: counter.counter, series }
  }
  const known = COUNTERS.map(({ counter, metric }) => `${metric} (${counter})`).join(', ')
  throw new ScrapeError(`no counter of requests was found; expected NGINX's stub_status, or one of ${known}`)
}

/** Null where there is no such metric. A series that counts for nobody else is none that is compared. */
function readSeries(
  text: string,
  { metric, isOwn }: Counter,
  wanted: ReadonlyMap<string, string>,
): Map<string, number> | null {
  const lines = linesOf(text).filter(
    line => line.startsWith(metric) && /^[{ \t]/.test(line.slice(metric.length)),
  )
  if (lines.length === 0) return null
  if (!text.endsWith('\n')) throw new ScrapeError('the page ends in the middle of a line; expected all of it')
  const series = new Map<string, number>()
  for (const line of lines) {
    const { labels, value } = readSample(line.slice(metric.length), metric)
    const isWanted = [...wanted].every(([name, value]) => labels.get(name) === value)
    if (!isWanted || isOwn(labels)) continue
    const name = JSON.stringify([...labels].sort(([one], [other]) => (one < other ? -1 : 1)))
    if (series.has(name))
      throw new ScrapeError(`a series of ${metric} is there twice; expected one scrape a page`)
    series.set(name, toCount(value))
  }
  if (series.size > 0) return series
  throw new ScrapeError(
    `no series of ${metric} has the labels ${[...wanted].map(each => each.join('=')).join(', ')}`,
  )
}

/** Blanks may stand before a sample, and a byte order mark before a page. */
function linesOf(text: string): string[] {
  return text.split('\n').map(line => line.trimStart())
}

const OPENING = /[ \t]*\{[ \t]*/y
const LABEL = /([A-Za-z_][A-Za-z0-9_]{0,199})[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(?:,[ \t]*)?/y

/** A time may stand behind the value, and behind a # OpenMetrics' exemplar, which has labels and a value of its own. */
function readSample(text: string, metric: string) {
  const { labels, end } = readLabels(text)
  const [value = '', ...others] = (text.slice(end).split('#', 1)[0] ?? '').trim().split(/[ \t]+/)
  if (value === '' || value.startsWith('{') || others.length > 1)
    throw new ScrapeError(`a line of ${metric} can't be read; expected its labels in braces, and a value`)
  return { labels, value }
}

/** None, and an end of 0, where no braces are around labels alone. */
function readLabels(text: string): { readonly labels: ReadonlyMap<string, string>; readonly end: number } {
  const labels = new Map<string, string>()
  let end = matchAt(OPENING, text, 0)?.[0].length ?? 0
  if (end === 0) return { labels, end }
  for (let label = matchAt(LABEL, text, end); label !== null; label = matchAt(LABEL, text, end)) {
    const [whole, name = '', said = ''] = label
    labels.set(name, said)
    end += whole.length
  }
  return text[end] === '}' ? { labels, end: end + 1 } : { labels: new Map(), end: 0 }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** As counters are written, also with an exponent: `1.5e+06`. */
const DECIMAL = /^\d{1,20}(?:\.\d{0,20})?(?:[eE]\+?\d{1,2})?$/

function toCount(text: string): number {
  const count = DECIMAL.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(count)) return count
  throw new ScrapeError('the value of a counter is no whole number from 0')
}
