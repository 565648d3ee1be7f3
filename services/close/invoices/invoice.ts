import type { LineTerms } from '@forbruk/schemas/statement/payer-statement.ts'
import type { DecimalText, StatementLine } from '@forbruk/schemas/statement/statement.ts'

/**
 * What is asked of a payer for one revision of a month, or given back. Amounts are exclusive of VAT, and positive in
 * the direction of the kind: a credit note's give back.
 */
export type Invoice = {
  readonly kind: 'invoice' | 'credit_note'
  /** Made of month, revision and payer: the same revision is the same document, however often it is written. */
  readonly number: string
  /** YYYY-MM. */
  readonly month: string
  readonly revision: number
  /** YYYY-MM-DD in the tariff's time zone. */
  readonly issueDate: string
  readonly payerId: string
  readonly payerName: string
  /** The newest of this payer and month before it. */
  readonly preceding: Pick<Invoice, 'number' | 'issueDate'> | null
  /** At least one; their sum is the amount. */
  readonly lines: readonly InvoiceLine[]
}

/** Its amount is quantity by price, rounded to øre. A negative quantity takes back what an earlier line asked for. */
export type InvoiceLine = {
  readonly clientId: string
  readonly clientName: string
  readonly item: Exclude<StatementLine['item'], 'included'>
  /** As the newest revision that has the line rated it. */
  readonly terms: LineTerms
  readonly quantity: DecimalText
  /** `sum`: an amount that is no such product, as where another one was agreed on, is one of itself. */
  readonly unit: StatementLine['unit'] | 'sum'
  /** Never negative. */
  readonly unitPriceNok: DecimalText
  readonly amountNok: DecimalText
}
