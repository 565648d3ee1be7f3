import { quoteText } from '@forbruk/infra/store/quote-sql.ts'
import type { ClientsQuestion } from '../ask/clients.ts'
import { addMonths } from '../reader/months.ts'

/**
 * The questions behind the figures of usage, over the views that docs/sql.md has: what is shown on a page is the answer
 * of its question, row by row, and test/browser asks each of them.
 */

/** By days, since a month of a view is a text that every row is made into first. */
function inMonth(month: string): string {
  return `day >= '${month}-01' AND day < '${addMonths(month, 1)}-01'`
}

function ofClient(clientId: string): string {
  return `client_id = ${quoteText(clientId)}`
}

export function sumSql(month: string, figure: 'requests' | 'bytes', clientId?: string): string {
  const who =
    clientId === undefined
      ? ''
      : `
  AND ${ofClient(clientId)}`
  return `SELECT sum(${figure})
FROM usage_daily
WHERE ${inMonth(month)}${who}`
}

export function daysSql(month: string, clientId?: string): string {
  const who =
    clientId === undefined
      ? ''
      : `
  AND ${ofClient(clientId)}`
  return `SELECT sum(requests), sum(bytes)
FROM usage_daily
WHERE ${inMonth(month)}${who}
GROUP BY day
ORDER BY day`
}

export function splitSql(month: string, clientId: string, split: 'integration_id' | 'status_class'): string {
  const order = split === 'status_class' ? 'toString(status_class)' : 'sum(requests) DESC, integration_id'
  return `SELECT sum(requests), sum(bytes)
FROM usage_daily
WHERE ${inMonth(month)}
  AND ${ofClient(clientId)}
GROUP BY ${split}
ORDER BY ${order}`
}

export function hoursSql(day: string, clientId: string): string {
  return `SELECT sum(requests), sum(bytes)
FROM usage_hourly
WHERE toDate(hour, 'Europe/Oslo') = '${day}'
  AND ${ofClient(clientId)}
GROUP BY hour
ORDER BY hour`
}

export function weekSql(month: string, clientId: string): string {
  return `SELECT sum(requests)
FROM usage_hourly
WHERE formatDateTime(hour, '%Y-%m', 'Europe/Oslo') = '${month}'
  AND ${ofClient(clientId)}
GROUP BY toDayOfWeek(hour, 0, 'Europe/Oslo') AS weekday, toHour(hour, 'Europe/Oslo') AS hour_of_day
ORDER BY weekday, hour_of_day`
}

/** What counts against an allowance, added up from the first of the month on. */
export function meteredSql(
  month: string,
  clientId: string,
  metered: {
    readonly integrationIds: readonly string[]
    readonly statusClassesNotCounted: readonly string[]
  },
): string {
  const list = (texts: readonly string[]) => texts.map(quoteText).join(', ')
  return `SELECT sum(sum(requests)) OVER (ORDER BY day), sum(sum(bytes)) OVER (ORDER BY day)
FROM usage_daily
WHERE ${inMonth(month)}
  AND ${ofClient(clientId)}
  AND integration_id IN (${list(metered.integrationIds)})
  AND status_class NOT IN (${list(metered.statusClassesNotCounted)})
GROUP BY day
ORDER BY day`
}

const LIST_ORDERS: Readonly<Record<string, string>> = { requests: 'sum(requests)', bytes: 'sum(bytes)' }

/** The whole list's, whatever of it is on the page. */
export function clientListSql({ month, sort = 'client', order = 'asc' }: ClientsQuestion): string {
  const direction = order === 'desc' ? ' DESC' : ''
  const by = LIST_ORDERS[sort]
  return `SELECT client_id, sum(requests), sum(bytes)
FROM usage_daily
WHERE ${inMonth(month)}
GROUP BY client_id
ORDER BY ${by === undefined ? '' : `${by}${direction}, `}client_id`
}
