import { bool, text, textOrNull } from './codec.ts'
import { declareTable } from './table.ts'

/** Migration 020; what an invoice needs, 070. */
export const registryClient = declareTable('registry_client', {
  importId: text,
  clientId: text,
  name: text,
  partnerId: textOrNull,
  collectiveInvoice: bool,
  organisationNumber: textOrNull,
  electronicAddress: textOrNull,
  buyerReference: textOrNull,
  street: textOrNull,
  postalCode: textOrNull,
  city: textOrNull,
  country: textOrNull,
})
