import { statementNumber } from '@forbruk/schemas/statement/statement-number.ts'
import { Decimal } from 'decimal.js'
import { sumAmounts } from '../rating/price-lines.ts'
import type { Invoice } from './invoice.ts'
import { type InvoicedStatement, negate, subtractLines } from './subtract-lines.ts'

/** What a payer's statements came to in one revision; none where it had no client then. */
export type PayerRevision = {
  readonly revision: number
  /** YYYY-MM-DD in the tariff's time zone. */
  readonly issueDate: string
  readonly statements: readonly InvoicedStatement[]
}

type InvoicedPayer = { readonly month: string; readonly payerId: string; readonly payerName: string }

/**
 * Pure: the document of the last of a month's revisions, or null where it asks for nothing more and gives nothing back.
 * The first revision is invoiced whole, each later one by what it differs from the one before.
 *
 * @param revisions all of them from the first on, in order
 */
export function planInvoice(payer: InvoicedPayer, revisions: readonly PayerRevision[]): Invoice | null {
  let before: readonly InvoicedStatement[] = []
  let preceding: Invoice['preceding'] = null
  let last: Invoice | null = null
  for (const revision of revisions) {
    last = planRevision(payer, before, revision, preceding)
    if (last !== null && revision !== revisions.at(-1)) preceding = pickReference(last)
    before = revision.statements
  }
  return last
}

function planRevision(
  payer: InvoicedPayer,
  before: readonly InvoicedStatement[],
  { revision, issueDate, statements }: PayerRevision,
  preceding: Invoice['preceding'],
): Invoice | null {
  const lines = subtractLines(before, statements)
  if (lines.length === 0) return null
  const gives = new Decimal(sumAmounts(lines.map(line => line.amountNok))).isNegative()
  return {
    kind: gives ? 'credit_note' : 'invoice',
    number: statementNumber({ ...payer, revision }),
    ...payer,
    revision,
    issueDate,
    preceding,
    lines: gives ? lines.map(negate) : lines,
  }
}

function pickReference({ number, issueDate }: Invoice): Invoice['preceding'] {
  return { number, issueDate }
}
