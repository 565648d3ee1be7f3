import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** What it comes to. */
export function renderSums(statement: PayerStatement, { figures, amount, vat: nameVat }: Texts): Html {
  const { payableNok, proposedNok, difference, vat } = statement
  const payable = amount(payableNok)
  const proposed = renderFigure(figures.proposed, amount(proposedNok))
  const changed =
    difference === null ? null : renderFigure(figures.difference, amount(difference.payableNok, 'signed'))
  if (vat === null || vat.category !== 'S') {
    return html`<div class="figures">${renderFigure(figures.payableNet, payable, 'main')}${proposed}${changed}</div>
<p class="soft">${figures.explain(vat)}${vat === null ? null : ` ${nameVat(vat)}.`}</p>`
  }
  return html`<div class="figures">${renderFigure(figures.payableGross, amount(vat.grossNok), 'main')}
${renderFigure(figures.payableNet, payable)}${renderFigure(nameVat(vat), amount(vat.vatNok))}
${proposed}${changed}</div>
<p class="soft">${figures.explain(vat)}</p>`
}

function renderFigure(name: string, amount: string, kind = ''): Html {
  return html`<div class="figure ${kind}"><span>${name}</span><strong>${amount}</strong></div>
`
}
