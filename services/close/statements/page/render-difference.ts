import type { DifferenceLine, PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import type { LineStatus } from '@forbruk/schemas/statement/statement.ts'
import { describeQuantity } from './describe-quantity.ts'
import { formatDecimal, formatSigned } from './format-figures.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** What differs from what was announced before, line by line, and why. */
export function renderDifference({ difference }: PayerStatement, texts: Texts): Html | null {
  if (difference === null) return null
  const { number, lines, payableNok } = difference
  const { difference: said } = texts
  const heading = said.heading(number)
  if (lines.length === 0) {
    return html`<section class="together"><h2>${heading}</h2><p>${said.none}</p></section>`
  }
  return html`<section><h2>${heading}</h2>
<table class="changes">
<thead><tr><th scope="col">${said.line}</th><th scope="col">${said.because}</th>
<th scope="col" class="n">${said.before}</th><th scope="col" class="n">${said.now}</th>
<th scope="col" class="n">${said.payable}</th></tr></thead>
<tbody>
${lines.map(line => renderLine(line, texts))}
<tr class="total"><td colspan="4">${said.total}</td><td class="n">${formatSigned(payableNok, texts.language)}</td></tr>
</tbody>
</table></section>`
}

function renderLine(line: DifferenceLine, texts: Texts): Html {
  const { clientName, item, integrationId, payableNok } = line
  const integration = integrationId === '' ? null : html` <bdi>${integrationId}</bdi>`
  return html`<tr><td>${texts.itemNames[item]}${integration}<br><small><bdi>${clientName}</bdi></small></td>
<td>${renderCauses(line, texts)}</td>
${renderSide(line, 'Before', texts)}
${renderSide(line, 'After', texts)}
<td class="n">${formatSigned(payableNok, texts.language)}</td></tr>
`
}

/** Each with its part, where there are several. */
function renderCauses(line: DifferenceLine, { difference, language }: Texts): Html[] {
  return line.causes.map(({ cause, payableNok }, index) => {
    const prices = cause === 'tariff' ? line.priceChanges.map(difference.price) : []
    const said = `${difference.cause(cause, line)}${prices.length === 0 ? '' : `: ${prices.join('; ')}`}`
    const part = line.causes.length === 1 ? '' : ` (${formatSigned(payableNok, language)})`
    return html`${index === 0 ? null : html`<br>`}${said}${part}`
  })
}

function renderSide(line: DifferenceLine, side: 'Before' | 'After', texts: Texts): Html {
  const status: LineStatus | null = line[`status${side}`]
  if (status === null) return html`<td class="n soft">${texts.difference.noLine}</td>`
  const terms = html`${describeQuantity(line[`quantity${side}`], line.unit, texts)}<br>${texts.status[status]}`
  return html`<td class="n">${formatDecimal(line[`amount${side}Nok`], texts.language)}<br><small>${terms}</small></td>`
}
