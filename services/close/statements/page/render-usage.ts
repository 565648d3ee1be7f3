import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { drawBarChart } from './bar-chart.ts'
import { formatBytes, formatDecimal } from './format-figures.ts'
import { type Html, html } from './html.ts'

/** Use per day of all the payer's clients together, as two charts. */
export function renderUsage({ usage, clients }: PayerStatement): Html | null {
  if (clients.length === 0) return null
  const sum = (figure: 'requests' | 'bytes') =>
    clients.reduce((total, each) => total + BigInt(each[figure]), 0n)
  const toBars = (figure: 'requests' | 'bytes', describe: (value: string) => string) =>
    usage.days.map(day => ({
      label: String(Number(day.day.slice(-2))),
      value: BigInt(day[figure]),
      description: `${day.day}: ${describe(day[figure])}`,
    }))
  return html`<section class="together"><h2>Usage per day</h2>
${drawBarChart({
  title: `Requests, ${formatDecimal(String(sum('requests')))} in the month`,
  bars: toBars('requests', value => `${formatDecimal(value)} requests`),
  formatTick: value => formatDecimal(String(value)),
})}
${drawBarChart({
  title: `Transfer, ${formatBytes(String(sum('bytes')))} in the month`,
  bars: toBars('bytes', formatBytes),
  formatTick: (value, top) =>
    formatBytes(String(value), String(top)).replace(/,00(?=\D)|(?<=,\d)0(?=\D)/, ''),
})}
<p class="soft">Days of ${usage.timeZone}. All use, also what is included or counts against no
allowance.${describeSince(usage)}</p></section>`
}

function describeSince({ requestsSince, bytesSince }: PayerStatement['usage']): string {
  if (requestsSince === '0' && bytesSince === '0') return ''
  const more = `${formatDecimal(requestsSince)} requests and ${formatDecimal(bytesSince)} bytes`
  return (
    ` The days are shown as they are counted now: they come to ${more} more than this revision, ` +
    'which a later one can take in.'
  )
}
