import type { Store } from '@forbruk/infra/store/store.ts'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import { EVERY_PAYER } from '../revision/of-close.ts'
import type { StatedRevision } from '../statements/find-revision.ts'
import { readBuyers } from '../statements/read-buyers.ts'
import type { Invoice } from './invoice.ts'
import { nameBuyer } from './name-buyer.ts'
import { readInvoices } from './read-invoices.ts'
import { InvoicesRefusedError, type LackingPayer } from './refusal.ts'
import { toUbl } from './to-ubl.ts'
import { writeUbl } from './write-ubl.ts'

export type BuiltInvoice = Pick<Invoice, 'kind' | 'number' | 'payerId'> & { readonly xml: string }

/**
 * The documents of a revision as EHF, by payer id. Throws InvoicesRefusedError before the first of them where any payer
 * lacks something.
 */
export async function* buildInvoices(
  store: Store,
  stated: StatedRevision,
  seller: Seller,
  timeZone: string,
): AsyncGenerator<BuiltInvoice> {
  const { month, revision, tariff } = stated
  const { megabyteBytes } = tariff.definitions
  const buyers = await readBuyers(store, stated.proof.registryImportId, EVERY_PAYER)
  const nameBuyerOf = ({ payerId }: Invoice) => nameBuyer(buyers.get(payerId) ?? {}, seller)
  // Everybody is looked at first, and read again to be written: a hundred thousand documents are not kept.
  const lacking: LackingPayer[] = []
  for await (const invoice of readInvoices(store, stated, timeZone)) {
    const named = nameBuyerOf(invoice)
    if (!named.ok) lacking.push({ ...invoice, lacks: named.lacks })
  }
  if (lacking.length > 0) throw new InvoicesRefusedError(`${month} r${revision}`, lacking)
  for await (const invoice of readInvoices(store, stated, timeZone)) {
    const named = nameBuyerOf(invoice)
    if (!named.ok) throw new Error(`${invoice.payerName} was complete a moment ago`)
    yield { ...invoice, xml: writeUbl(toUbl(invoice, seller, named.buyer, megabyteBytes)) }
  }
}
