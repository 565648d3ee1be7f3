import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { hoursOf } from './month-rows.ts'

/** What a page asks, and the same of the plain table: in one statement or in some, one after the other. */
export type Route = {
  readonly page: string
  readonly path: string
  readonly body?: object
  /** Empty: there is nothing of it in a plain table. */
  readonly plain: readonly string[]
  /** Of the answer's rows, where both add up the same. */
  readonly isCompared?: boolean
}

const CLIENT = 'client-000711'
const PAYER = 'client-000100'
const OF_CLIENT = `client_id = '${CLIENT}'`
const DAY = "toDate(hour, 'Europe/Oslo') AS day"
const FIGURES = 'sum(requests), sum(request_bytes), sum(response_bytes)'

export function listRoutes(
  periods: readonly BillingPeriod[],
  nowMs: number,
  draft: object,
): readonly Route[] {
  const [closed, open] = periods.slice(-2)
  if (open === undefined || closed === undefined) throw new RangeError('expected two months at least')
  const within = (period: BillingPeriod) => {
    const { startS, endS } = hoursOf(period, nowMs)
    return `hour >= toDateTime(${startS}, 'UTC') AND hour < toDateTime(${endS}, 'UTC')`
  }
  const days = (period: BillingPeriod) =>
    `SELECT ${DAY}, ${FIGURES} FROM plain_usage WHERE ${within(period)} GROUP BY day ORDER BY day`
  const top = (period: BillingPeriod, rows: number, where = '1') =>
    `SELECT client_id, ${FIGURES} FROM plain_usage WHERE ${within(period)} AND ${where}
     GROUP BY client_id ORDER BY sum(requests) DESC, client_id LIMIT ${rows}`
  const list = (period: BillingPeriod, where = '1') => [
    top(period, 100, where),
    `SELECT client_id, ${DAY}, ${FIGURES} FROM plain_usage WHERE ${within(period)}
       AND client_id IN (SELECT client_id FROM (${top(period, 100, where)})) GROUP BY client_id, day`,
  ]
  const one = (period: BillingPeriod, by: string) =>
    `SELECT ${by} AS part, ${FIGURES} FROM plain_usage WHERE ${within(period)} AND ${OF_CLIENT} GROUP BY part`
  const usage = (query: string, plain: string): Route => {
    return { page: 'client', path: `/v1/usage?client=${CLIENT}&${query}`, plain: [plain], isCompared: true }
  }
  const months = `from=${periods[0]?.month}-01&to=${open.month}-01&by=month`
  const untilOpen = `hour < toDateTime(${hoursOf(open, nowMs).startS}, 'UTC')`
  const [o, c] = [`month=${open.month}`, `month=${closed.month}`]
  const plain: readonly string[] = []
  return [
    { page: 'overview', path: `/v1/overview?${o}`, plain: [days(open), days(closed), top(open, 20)] },
    { page: 'overview, closed month', path: `/v1/overview?${c}`, plain: [days(closed), top(closed, 20)] },
    { page: 'clients', path: `/v1/clients?${o}`, plain: list(open) },
    { page: 'clients', path: `/v1/clients?${o}&sort=share&order=desc`, plain: list(open) },
    { page: 'clients', path: `/v1/clients?${o}&standing=over&standing=heading`, plain: list(open) },
    { page: 'clients', path: `/v1/clients?${o}&search=0711`, plain: list(open, "client_id LIKE '%0711%'") },
    { page: 'clients, closed month', path: `/v1/clients?${c}&sort=share&order=desc`, plain: list(closed) },
    { page: 'client', path: `/v1/clients/${CLIENT}?${o}`, plain: [one(open, "toDate(hour, 'Europe/Oslo')")] },
    {
      page: 'client',
      path: `/v1/clients/${CLIENT}?${c}`,
      plain: [one(closed, "toDate(hour, 'Europe/Oslo')")],
    },
    usage(`${o}&by=day`, one(open, "toDate(hour, 'Europe/Oslo')")),
    usage(`${o}&split=integration`, one(open, 'integration_id')),
    usage(`${o}&split=statusClass`, one(open, 'status_class')),
    usage(
      `${o}&by=hourOfWeek`,
      one(open, "(toDayOfWeek(hour, 0, 'Europe/Oslo'), toHour(hour, 'Europe/Oslo'))"),
    ),
    usage(
      months,
      `SELECT formatDateTime(hour, '%Y-%m', 'Europe/Oslo') AS month, ${FIGURES}
       FROM plain_usage WHERE ${OF_CLIENT} AND ${untilOpen} GROUP BY month`,
    ),
    topOf(o, top(open, 20)),
    topOf(c, top(closed, 20)),
    { page: 'usage', path: `/v1/usage?${o}&by=day`, plain: [days(open)], isCompared: true },
    { page: 'usage', path: `/v1/usage?${c}&by=day`, plain: [days(closed)], isCompared: true },
    { page: 'months', path: '/v1/months', plain },
    { page: 'months', path: `/v1/months/${closed.month}/statements`, plain },
    { page: 'months', path: `/v1/months/${closed.month}/statements/${PAYER}`, plain },
    { page: 'months', path: `/v1/months/${closed.month}/proof`, plain },
    { page: 'dialogue', path: '/v1/cases', plain },
    { page: 'pipeline', path: '/v1/status', plain },
    { page: 'pipeline', path: '/v1/sources', plain },
    { page: 'pipeline', path: '/v1/rejected', plain },
    { page: 'pipeline', path: '/v1/alerts', plain },
    { page: 'registry', path: `/v1/registry?${o}`, plain },
    { page: 'registry', path: `/v1/tariff?${o}`, plain },
    { page: 'registry', path: `/v1/tariff/price?${o}&requests=750000&bytes=40000000000`, plain },
    { page: 'what if', path: `/v1/months/${closed.month}/what-if`, body: draft, plain },
  ]
}

function topOf(month: string, plain: string): Route {
  const path = `/v1/usage?${month}&split=client&order=requests&limit=20`
  return { page: 'usage', path, plain: [plain], isCompared: true }
}
