import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import { fileNameOf } from '../revision/file-name.ts'
import type { StatedRevision } from '../statements/find-revision.ts'
import { buildInvoices } from './build-invoices.ts'
import type { Invoice } from './invoice.ts'

type Invoicing = {
  readonly store: Store
  readonly stated: StatedRevision
  readonly seller: Seller
  /** Of the tariff. */
  readonly timeZone: string
  /** Made when missing. */
  readonly directory: string
}

/** Writes a revision's documents, a file each, and answers how many. Throws InvoicesRefusedError before the first. */
export async function writeInvoices(invoicing: Invoicing): Promise<Record<Invoice['kind'], number>> {
  const { store, stated, seller, timeZone, directory } = invoicing
  const counts = { invoice: 0, credit_note: 0 }
  await mkdir(directory, { recursive: true })
  for await (const { kind, payerId, xml } of buildInvoices(store, stated, seller, timeZone)) {
    await writeFile(join(directory, fileNameOf(stated, payerId, 'xml')), xml)
    counts[kind] += 1
  }
  return counts
}
