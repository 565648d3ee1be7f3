import type {
  ClientLine,
  ClientStatement,
  PayerStatement,
} from '@forbruk/schemas/statement/payer-statement.ts'
import { describeContact } from './describe-contact.ts'
import { describeQuantity } from './describe-quantity.ts'
import { formatDecimal, formatPrice } from './format-figures.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** Every line, under its client where the payer pays for others. */
export function renderLines(statement: PayerStatement, texts: Texts): Html {
  const { clients, payerId, seller } = statement
  const { lines } = texts
  if (clients.length === 0)
    return html`<section><h2>${lines.heading(null)}</h2><p>${lines.none}</p></section>`
  const isOwn = clients.length === 1 && clients[0]?.clientId === payerId
  const contact = describeContact(seller)
  return html`<section><h2>${lines.heading(isOwn ? null : clients.length)}</h2>
<table class="lines">
<thead><tr><th scope="col">${lines.item}</th><th scope="col" class="n">${lines.quantity}</th>
<th scope="col" class="n">${lines.unitPrice}</th><th scope="col" class="n">${lines.amount}</th></tr></thead>
${clients.map(client => renderClient(client, isOwn, contact, texts))}
${renderTotals(statement, texts)}
</table></section>`
}

function renderTotals({ amountNok, payableNok, proposedNok, vat }: PayerStatement, texts: Texts): Html {
  const { lines, figures, language } = texts
  const row = (name: string, amount: string, kind: string) =>
    html`<tr class="${kind}"><td colspan="3">${name}</td><td class="n">${formatDecimal(amount, language)}</td></tr>
`
  const proposed = [row(lines.total, amountNok, 'all'), row(lines.ofWhichProposed, proposedNok, 'part')]
  const gross =
    vat === null || vat.category !== 'S'
      ? null
      : [row(texts.vat(vat), vat.vatNok, 'part'), row(figures.payableGross, vat.grossNok, 'total')]
  return html`<tbody class="totals">
${amountNok === payableNok ? null : proposed}${row(figures.payableNet, payableNok, 'total')}${gross}</tbody>`
}

function renderClient(client: ClientStatement, isOwn: boolean, contact: string | null, texts: Texts): Html {
  const { clientId, clientName, amountNok, lines, caseId } = client
  const name = html`<bdi>${clientName}</bdi> <small><bdi>${clientId}</bdi></small>`
  const nothing = html`<tr><td colspan="4" class="soft">${texts.lines.nothingToCharge}</td></tr>`
  const sum = html`<tr class="sum"><td colspan="3">${texts.lines.sum}</td>
<td class="n">${formatDecimal(amountNok, texts.language)}</td></tr>`
  return html`<tbody>
${isOwn ? null : html`<tr class="client"><th scope="rowgroup" colspan="4">${name}</th></tr>`}
${lines.length === 0 ? nothing : lines.map(line => renderLine(line, caseId, contact, texts))}
${isOwn ? null : sum}
</tbody>`
}

function renderLine(line: ClientLine, caseId: string | null, contact: string | null, texts: Texts): Html {
  const { terms, quantity, unit, unitPriceNok, amountNok, status } = line
  const regularNok = 'regularNok' in terms ? terms.regularNok : null
  const notes = [
    regularNok === null ? null : texts.lines.agreed(regularNok),
    status !== 'proposed' || caseId === null ? null : texts.lines.proposedCase(caseId, contact),
  ]
  const [amount, price] = [
    formatDecimal(amountNok, texts.language),
    formatPrice(unitPriceNok, texts.language),
  ]
  return html`<tr><td><bdi>${texts.item(terms)}</bdi> ${renderStatus(line, texts)}
${notes.map(note => (note === null ? null : html`<small class="note">${note}</small>`))}</td>
<td class="n">${describeQuantity(quantity, unit, texts)}</td><td class="n">${price}</td>
<td class="n">${status === 'waived' ? html`<s>${amount}</s>` : amount}</td></tr>
`
}

/** `payable` goes without saying. */
function renderStatus({ status }: ClientLine, texts: Texts): Html | null {
  return status === 'payable' ? null : html`<span class="tag ${status}">${texts.status[status]}</span>`
}
