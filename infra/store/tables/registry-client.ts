import { bool, text, textOrNull } from './codec.ts'
import { declareTable } from './table.ts'

/** Migration 020. */
export const registryClient = declareTable('registry_client', {
  importId: text,
  clientId: text,
  name: text,
  partnerId: textOrNull,
  collectiveInvoice: bool,
})
