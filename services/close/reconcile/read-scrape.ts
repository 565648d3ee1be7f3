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

const STUB_STATUS = /^server accepts handled requests\r?\n {0,8}\d{1,16} \d{1,16} (\d{1,16})/m

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
  const lines = text
    .split('\n')
    .filter(line => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
  if (lines.length === 0) return null
  const series = new Map<string, number>()
  for (const line of lines) {
    const end = line.lastIndexOf('}') + 1
    const labels = readLabels(line.slice(metric.length, end))
    const isWanted = [...wanted].every(([name, value]) => labels.get(name) === value)
    if (!isWanted || isOwn(labels)) continue
    const [value = ''] = line.slice(Math.max(end, metric.length)).trim().split(' ', 1)
    series.set(line.slice(0, end), toCount(value))
  }
  if (series.size > 0) return series
  throw new ScrapeError(
    `no series of ${metric} has the labels ${[...wanted].map(each => each.join('=')).join(', ')}`,
  )
}

const LABEL = /[{,] ?([A-Za-z_][A-Za-z0-9_]{0,199})="((?:[^"\\]|\\.)*)"?/g

function readLabels(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value]))
}

/** Of a counter that is written as a number with a fraction, too: `1.5e+06`. */
function toCount(text: string): number {
  const count = Number(text)
  if (text !== '' && Number.isSafeInteger(count) && count >= 0) return count
  throw new ScrapeError('the value of a counter is no whole number from 0')
}
