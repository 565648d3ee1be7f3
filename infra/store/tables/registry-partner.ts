import { text } from './codec.ts'
import { declareTable } from './table.ts'

/** Migration 021. */
export const registryPartner = declareTable('registry_partner', {
  importId: text,
  partnerId: text,
  name: text,
})
