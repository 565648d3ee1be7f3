import type { Invoice } from './invoice.ts'

/** Payers lack what an invoice needs; none was written. `lacking` is all of them. */
export class InvoicesRefusedError extends Error {
  override name = 'InvoicesRefusedError'
  readonly lacking: readonly LackingPayer[]
  constructor(of: string, lacking: readonly LackingPayer[]) {
    const payers = lacking.map(
      ({ payerId, payerName, lacks }) => `\n  ${payerName} (${payerId}): ${lacks.join('; ')}`,
    )
    super(
      `${of} is not invoiced: ${lacking.length} of its payers ${lacking.length === 1 ? 'lacks' : 'lack'} ` +
        `what an EHF must say. Fill in these columns of clients.csv and import the registry again:${payers.join('')}`,
    )
    this.lacking = lacking
  }
}

export type LackingPayer = Pick<Invoice, 'payerId' | 'payerName'> & { readonly lacks: readonly string[] }
