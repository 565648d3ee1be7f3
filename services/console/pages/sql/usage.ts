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
  const who = clientId === undefined ? '' : `\n  AND ${ofClient(clientId)}`
  return `SELECT sum(${figure})\nFROM usage_daily\nWHERE ${inMonth(month)}${who}`
}

export function daysSql(month: string, clientId?: string): string {
  const who = clientId === undefined ? '' : `\n  AND ${ofClient(clientId)}`
  return `SELECT sum(requests), sum(bytes)\nFROM usage_daily\nWHERE ${inMonth(month)}${who}\nGROUP BY day\nORDER BY day`
}

export function splitSql(month: string, clientId: string, split: 'integration_id' | 'status_class'): string {
  const order = split === 'status_class' ? 'status_class' : 'sum(requests) DESC, integration_id'
  return `SELECT sum(requests), sum(bytes)\nFROM usage_daily\nWHERE ${inMonth(month)}\n  AND ${ofClient(clientId)}\nGROUP BY ${split}\nORDER BY ${order}`
}

export function hoursSql(day: string, clientId: string): string {
  return `SELECT sum(requests), sum(bytes)\nFROM usage_hourly\nWHERE toDate(hour, 'Europe/Oslo') = '${day}'\n  AND ${ofClient(clientId)}\nGROUP BY hour\nORDER BY hour`
}

export function weekSql(month: string, clientId: string): string {
  return `SELECT sum(requests)\nFROM usage_hourly\nWHERE formatDateTime(hour, '%Y-%m', 'Europe/Oslo') = '${month}'\n  AND ${ofClient(clientId)}\nGROUP BY toDayOfWeek(hour, 0, 'Europe/Oslo') AS weekday, toHour(hour, 'Europe/Oslo') AS hour_of_day\nORDER BY weekday, hour_of_day`
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
  return `SELECT sum(sum(requests)) OVER (ORDER BY day), sum(sum(bytes)) OVER (ORDER BY day)\nFROM usage_daily\nWHERE ${inMonth(month)}\n  AND ${ofClient(clientId)}\n  AND integration_id IN (${list(metered.integrationIds)})\n  AND status_class NOT IN (${list(metered.statusClassesNotCounted)})\nGROUP BY day\nORDER BY day`
}

const LIST_ORDERS: Readonly<Record<string, string>> = { requests: 'sum(requests)', bytes: 'sum(bytes)' }

/** The whole list's, whatever of it is on the page. */
export function clientListSql({ month, sort = 'client', order = 'asc' }: ClientsQuestion): string {
  const direction = order === 'desc' ? ' DESC' : ''
  const by = LIST_ORDERS[sort]
  return `SELECT client_id, sum(requests), sum(bytes)\nFROM usage_daily\nWHERE ${inMonth(month)}\nGROUP BY client_id\nORDER BY ${by === undefined ? '' : `${by}${direction}, `}client_id`
}
