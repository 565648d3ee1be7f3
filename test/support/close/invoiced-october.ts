import { readFileSync } from 'node:fs'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { EXAMPLE_SELLER_URL, readSeller } from '@forbruk/schemas/seller/read-seller.ts'
import { addStep } from '../../../services/close/dialogue/add-step.ts'
import { type BuiltInvoice, buildInvoices } from '../../../services/close/invoices/build-invoices.ts'
import { findRevision } from '../../../services/close/statements/find-revision.ts'
import { OCTOBER, TARIFF } from './close-october.ts'
import { GRACE_END_MS, type Installation, type REGISTRY, writeRegistry } from './counted-month.ts'

export const SELLER = readSeller(readFileSync(EXAMPLE_SELLER_URL, 'utf8'), 'example')

const COLUMNS =
  'client_id,name,partner_id,collective_invoice,organisation_number,buyer_reference,street,postal_code,city,country'

/** October's clients, with what an invoice to those who pay needs; firma is billed through byrå. */
export const INVOICED_CLIENTS = `${COLUMNS}
byrå,"Byrå & ""Sønner"" AS",,no,310000027,Kari,Storgata 2,0155,Oslo,NO
firma,Firma <1> AS,byrå,yes,,,,,,
kunde,"Kunde, stor",byrå,no,310000035,,,,,NO
`

type Importing = { place(): Installation; importAll(from?: BillingPeriod): Promise<unknown> }

/** Imports October's registry with these clients. */
export async function importClients(
  { place, importAll }: Importing,
  clients: string,
  changes: Partial<typeof REGISTRY> = {},
): Promise<void> {
  await writeRegistry(place().folder, { ...changes, 'clients.csv': clients })
  await importAll(OCTOBER)
}

/** What a client used above its allowance is to be charged, from the next close on; all, or the agreed amount. */
export async function decideCharge(
  { store }: Installation,
  caseId: string,
  amountNok: string | null = null,
): Promise<void> {
  const terms = { months: null, note: 'agreed', withoutContact: 'they wrote', amountNok }
  const action = { kind: 'decide', outcome: 'charge', ...terms } as const
  await addStep({ store, caseId, action, actor: 'kari', clock: () => GRACE_END_MS })
}

/** The documents of a revision of October, by payer. */
export async function invoicesOf(
  { store }: Installation,
  revision: number,
): Promise<ReadonlyMap<string, BuiltInvoice>> {
  const stated = await findRevision(store, '2026-10', revision)
  if (stated === null) throw new Error(`October has no revision ${revision}`)
  const invoices = new Map<string, BuiltInvoice>()
  for await (const each of buildInvoices(store, stated, SELLER, TARIFF.timeZone))
    invoices.set(each.payerId, each)
  return invoices
}
