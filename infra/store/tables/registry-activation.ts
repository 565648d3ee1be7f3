import { dateText, orEmpty, text } from './codec.ts'
import { declareTable } from './table.ts'

/** Migration 023. */
export const registryActivation = declareTable('registry_activation', {
  importId: text,
  clientId: text,
  integrationId: text,
  activeFrom: dateText,
  activeUntil: orEmpty(dateText),
})
