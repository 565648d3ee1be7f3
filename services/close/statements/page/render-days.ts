import type { Language } from '@forbruk/schemas/statement/language.ts'
import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { drawBarChart } from './bar-chart.ts'
import { formatBytes, formatDecimal } from './format-figures.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** Use per day of all the payer's clients together, as two charts. */
export function renderDays(
  { usage, clients }: PayerStatement,
  { days: texts, language }: Texts,
): Html | null {
  if (clients.length === 0) return null
  const sum = (figure: 'requests' | 'bytes') =>
    String(clients.reduce((total, each) => total + BigInt(each[figure]), 0n))
  const toBars = (figure: 'requests' | 'bytes', describe: (day: string, value: string) => string) =>
    usage.days.map(each => ({
      label: String(Number(each.day.slice(-2))),
      value: BigInt(each[figure]),
      description: describe(each.day, each[figure]),
    }))
  return html`<section class="together"><h2>${texts.heading}</h2>
${drawBarChart({
  title: texts.requests(formatDecimal(sum('requests'), language)),
  bars: toBars('requests', (day, value) => texts.requestsOf(day, formatDecimal(value, language))),
  formatTick: value => formatDecimal(String(value), language),
})}
${drawBarChart({
  title: texts.transfer(formatBytes(sum('bytes'), language)),
  bars: toBars('bytes', (day, value) => texts.transferOf(day, formatBytes(value, language))),
  formatTick: (value, top) =>
    formatBytes(String(value), language, String(top)).replace(/[,.]00(?=\D)|(?<=[,.]\d)0(?=\D)/, ''),
})}
<p class="soft">${texts.explain(usage.timeZone)}${describeSince(usage, texts, language)}</p></section>`
}

function describeSince(
  { requestsSince, bytesSince }: PayerStatement['usage'],
  texts: Texts['days'],
  language: Language,
): string {
  if (requestsSince === '0' && bytesSince === '0') return ''
  return ` ${texts.since(formatDecimal(requestsSince, language), formatBytes(bytesSince, language))}`
}
