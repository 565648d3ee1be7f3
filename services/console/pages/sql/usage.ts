import { quoteText } from '@forbruk/infra/store/quote-sql.ts'
import { addDays, addMonths } from '../reader/months.ts'

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

/** A month as far as it is counted, and so many days of the one before; without days the month alone. */
export function comparedSql(month: string, figure: 'requests' | 'bytes', days: number | null): string {
  if (days === null) return sumSql(month, figure)
  const first = `${addMonths(month, -1)}-01`
  const [until, start] = [addDays(first, days), `${month}-01`]
  return `SELECT
  sumIf(${figure}, ${inMonth(month)}),
  sumIf(${figure}, day >= '${first}' AND day < '${until < start ? until : start}')
FROM usage_daily
WHERE day >= '${first}' AND day < '${addMonths(month, 1)}-01'`
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
