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

/** A revision is invoiced by what it changes of the one before: with others in between it is not the only document. */
function describePayment(statement: PayerStatement, next: Texts['next']): string {
  const { revision, difference, payableNok } = statement
  const invoicedNok = difference?.payableNok ?? payableNok
  const isNothing = !/[1-9]/.test(invoicedNok)
  if (difference === null && isNothing) return next.nothing
  const said = difference === null ? next.invoiced : next.differenceInvoiced(difference)
  return isNothing || (difference?.revision ?? 0) !== revision - 1 ? said : `${said} ${next.sameNumber}`
}
