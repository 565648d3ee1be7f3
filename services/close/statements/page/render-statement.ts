import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { formatDecimal, formatMonth, formatSigned } from './format-figures.ts'
import { type Html, html } from './html.ts'
import { renderAdjustments } from './render-adjustments.ts'
import { renderLines } from './render-lines.ts'
import { renderDefinitions, renderProof } from './render-proof.ts'
import { renderUsage } from './render-usage.ts'
import { STYLE } from './style.ts'

/** Pure: a payer's statement as one page of HTML that holds all it needs and prints on A4. */
export function renderStatement(statement: PayerStatement): string {
  const { month, payerName, revision } = statement
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Statement ${month} r${revision}, ${payerName}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${renderHeader(statement)}
${renderNotices(statement)}
${renderFigures(statement)}
${renderLines(statement)}
${renderAdjustments(statement)}
${renderUsage(statement)}
${renderDefinitions(statement.proof)}
${renderProof(statement)}
</main>
</body>
</html>
`
  return page.markup
}

function renderHeader({ month, revision, payerId, payerName }: PayerStatement): Html {
  return html`<header>
<div><p class="kind">API usage statement</p><h1>${formatMonth(month)}</h1></div>
<div class="payer"><strong><bdi>${payerName}</bdi></strong>
<span>Payer <bdi>${payerId}</bdi></span><span>Revision ${revision}</span></div>
</header>`
}

function renderNotices({ isLatest, revision, proof: { forced } }: PayerStatement): readonly (Html | null)[] {
  const replaced = `A later revision replaces this statement. Revision ${revision} stays as it was made.`
  return [
    isLatest ? null : html`<p class="notice">${replaced}</p>`,
    forced === null ? null : renderForced(forced),
  ]
}

function renderForced({ reason, lacks }: NonNullable<PayerStatement['proof']['forced']>): Html {
  const list = lacks.length === 0 ? null : html`<ul>${lacks.map(lack => html`<li>${lack}</li>`)}</ul>`
  return html`<div class="notice"><strong>Made although the month was incomplete.</strong>
Reason given: <bdi>${reason}</bdi>${list}</div>`
}

function renderFigures(statement: PayerStatement): Html {
  const { revision, payableNok, proposedNok, adjustmentsPayableNok } = statement
  const before = revision - 1
  const adjustment = html`<div class="figure"><span>Adjustment to revision ${before}, NOK</span>
<strong>${formatSigned(adjustmentsPayableNok)}</strong></div>`
  const instead =
    ` Payable is the whole month as it stands now, instead of what revision ${before} said; ` +
    'the adjustment is the difference.'
  return html`<div class="figures">
<div class="figure main"><span>Payable, NOK</span><strong>${formatDecimal(payableNok)}</strong></div>
<div class="figure"><span>Proposed, after a dialogue, NOK</span><strong>${formatDecimal(proposedNok)}</strong></div>
${revision === 1 ? null : adjustment}
</div>
<p class="soft">Amounts are in Norwegian kroner, exclusive of VAT. What is proposed is not to be paid:
it becomes payable or is waived by the dialogue about it.${revision === 1 ? null : instead}</p>`
}
