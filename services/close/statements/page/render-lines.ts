import type { ClientStatement, PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import type { LineItem, LineStatus, NotCounted, StatementLine } from '@forbruk/schemas/statement/statement.ts'
import { formatBytes, formatDecimal } from './format-figures.ts'
import { type Html, html } from './html.ts'

/** Every line, under its client where the payer pays for others. */
export function renderLines(statement: PayerStatement): Html {
  const { clients, payerId } = statement
  if (clients.length === 0) {
    const none =
      "None: every client that revision before had here is another payer's now, or is none any more."
    return html`<section><h2>Lines</h2><p>${none}</p></section>`
  }
  const isOwn = clients.length === 1 && clients[0]?.clientId === payerId
  const heading = isOwn
    ? 'Lines'
    : `Lines of ${clients.length} ${clients.length === 1 ? 'client' : 'clients'}`
  return html`<section><h2>${heading}</h2>
<table>
<thead><tr><th>Item</th><th class="n">Quantity</th><th>Unit</th>
<th class="n">Unit price</th><th class="n">Amount, NOK</th></tr></thead>
${clients.map(client => renderClient(client, isOwn))}
${renderTotals(statement)}
</table></section>`
}

function renderTotals({ amountNok, payableNok, proposedNok }: PayerStatement): Html {
  const split = html`<tr class="all"><td colspan="4">Payable and proposed</td>
<td class="n">${formatDecimal(amountNok)}</td></tr>
<tr><td colspan="4">of which proposed</td><td class="n">${formatDecimal(proposedNok)}</td></tr>`
  return html`<tbody>
${amountNok === payableNok ? null : split}
<tr class="total"><td colspan="4">Payable</td><td class="n">${formatDecimal(payableNok)}</td></tr>
</tbody>`
}

function renderClient(client: ClientStatement, isOwn: boolean): Html {
  const { clientId, clientName, amountNok, lines, requests, bytes, notCounted } = client
  const use = `${formatDecimal(requests)} requests, ${formatBytes(bytes)}`
  const name = html`<bdi>${clientName}</bdi> <small><bdi>${clientId}</bdi>; ${use}</small>`
  return html`<tbody>
${isOwn ? null : html`<tr class="client"><td colspan="5">${name}</td></tr>`}
${lines.length === 0 ? html`<tr><td colspan="5" class="soft">Nothing to charge</td></tr>` : lines.map(renderLine)}
${notCounted.map(renderNotCounted)}
${isOwn ? null : html`<tr class="sum"><td colspan="4">Sum</td><td class="n">${formatDecimal(amountNok)}</td></tr>`}
</tbody>`
}

function renderLine({ item, detail, quantity, unit, unitPriceNok, amountNok, status }: StatementLine): Html {
  const amount = formatDecimal(amountNok)
  return html`<tr><td>${nameLine(item, detail)} ${renderStatus(status)}</td>
<td class="n">${formatDecimal(quantity)}</td><td>${unit}</td><td class="n">${formatDecimal(unitPriceNok)}</td>
<td class="n">${status === 'waived' ? html`<s>${amount}</s>` : amount}</td></tr>
`
}

function renderNotCounted({ statusClass, requests, bytes }: NotCounted): Html {
  const use = `${formatDecimal(requests)} requests, ${formatBytes(bytes)}`
  return html`<tr><td colspan="5" class="soft">Not counted, answered with ${statusClass}: ${use}</td></tr>
`
}

/** `payable` goes without saying. */
function renderStatus(status: LineStatus): Html | null {
  return status === 'payable' ? null : html`<span class="tag ${status}">${status}</span>`
}

function nameLine(item: LineItem, detail: string): Html {
  switch (item) {
    case 'included':
      return html`Included: <bdi>${detail}</bdi>`
    case 'partner_tier':
      return html`Partner tier ${detail}`
    case 'access_external':
      return html`${detail}`
    case 'overage_requests':
    case 'overage_transfer':
      return html`${detail.replaceAll(/\d{5,}/g, formatDecimal)}`
  }
}
