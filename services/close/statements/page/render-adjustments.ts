import type { ClientAdjustment, PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import type { LineItem, LineStatus, LineUnit } from '@forbruk/schemas/statement/statement.ts'
import { formatDecimal, formatSigned } from './format-figures.ts'
import { type Html, html } from './html.ts'

/** What differs from the revision before, line by line, and why. */
export function renderAdjustments(statement: PayerStatement): Html | null {
  const { revision, adjustments, adjustmentsPayableNok } = statement
  if (revision === 1) return null
  const heading = `Adjustments to revision ${revision - 1}`
  if (adjustments.length === 0) {
    return html`<section class="together"><h2>${heading}</h2><p>None for this payer: the month was closed again for what changed elsewhere.</p></section>`
  }
  return html`<section><h2>${heading}</h2>
<table>
<thead><tr><th>Line</th><th>Because</th><th class="n">Before</th><th class="n">Now</th><th class="n">Payable, NOK</th></tr></thead>
<tbody>
${adjustments.map(renderAdjustment)}
<tr class="total"><td colspan="4">To be paid on top, or back</td><td class="n">${formatSigned(adjustmentsPayableNok)}</td></tr>
</tbody>
</table></section>`
}

function renderAdjustment(adjustment: ClientAdjustment): Html {
  const { clientName, item, integrationId, unit, causes, payableNok } = adjustment
  return html`<tr><td>${nameItem(item)}${integrationId === '' ? null : html` <bdi>${integrationId}</bdi>`}<br><small><bdi>${clientName}</bdi></small></td>
<td>${causes.map((each, index) => html`${index === 0 ? null : html`<br>`}${each.cause}: <bdi>${each.detail}</bdi>`)}</td>
${renderSide(adjustment.quantityBefore, unit, adjustment.amountBeforeNok, adjustment.statusBefore)}
${renderSide(adjustment.quantityAfter, unit, adjustment.amountAfterNok, adjustment.statusAfter)}
<td class="n">${formatSigned(payableNok)}</td></tr>
`
}

function renderSide(quantity: string, unit: LineUnit, amountNok: string, status: LineStatus | null): Html {
  if (status === null) return html`<td class="n soft">no line</td>`
  return html`<td class="n">${formatDecimal(amountNok)}<br><small>${formatDecimal(quantity)} ${unit}<br>${status}</small></td>`
}

function nameItem(item: LineItem): string {
  switch (item) {
    case 'included':
      return 'Included'
    case 'partner_tier':
      return 'Partner tier'
    case 'access_external':
      return 'Access to external integrations'
    case 'overage_requests':
      return 'Requests above the allowance'
    case 'overage_transfer':
      return 'Transfer above the allowance'
  }
}
