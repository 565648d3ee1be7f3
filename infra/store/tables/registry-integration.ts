import { INTEGRATION_KINDS } from '@forbruk/schemas/registry/registry.ts'
import { enumOf, text } from './codec.ts'
import { declareTable } from './table.ts'

/** Migration 022. */
export const registryIntegration = declareTable('registry_integration', {
  importId: text,
  integrationId: text,
  name: text,
  kind: enumOf(INTEGRATION_KINDS),
})
