import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { describeContact } from './describe-contact.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** What a reader must not miss. */
export function renderNotices(statement: PayerStatement, { notices }: Texts): readonly (Html | null)[] {
  const { isLatest, revision, forcedReason } = statement
  const forced = html`<p class="notice"><strong>${notices.forced}</strong>
${notices.forcedReason} <bdi>${forcedReason}</bdi></p>`
  return [
    isLatest ? null : html`<p class="notice">${notices.replaced(revision)}</p>`,
    forcedReason === null ? null : forced,
  ]
}

/** That it is no invoice, and what happens next. */
export function renderNext(statement: PayerStatement, { notices, next }: Texts): Html {
  const sentences = [
    describePayment(statement, next),
    statement.clients.some(each => each.status === 'proposed') ? next.proposed : null,
    next.questions(describeContact(statement.seller), statement.number),
    next.later,
  ]
  return html`<section class="next together"><h2>${notices.notInvoice}</h2>
<ul>${sentences.map(each => (each === null ? null : html`<li>${each}</li>`))}</ul></section>`
}

function describePayment({ difference, payableNok }: PayerStatement, next: Texts['next']): string {
  if (difference !== null) return next.differenceInvoiced(difference)
  return /[1-9]/.test(payableNok) ? next.invoiced : next.nothing
}
