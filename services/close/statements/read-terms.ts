import type { Store } from '@forbruk/infra/store/store.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Client } from '@forbruk/schemas/registry/registry.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { takeActiveRegistry } from '../rating/active-registry.ts'
import { readRegistryPart } from '../registry/read-stored-registry.ts'
import { OF_PAYERS, ofPayers, type PayerRange } from '../revision/of-close.ts'
import type { StatedRevision } from './find-revision.ts'

/** What the lines of some payers are about, as the revision was rated. */
export type MonthTerms = {
  readonly version: TariffVersion
  readonly integrationNames: ReadonlyMap<string, string>
  /** Those that a partner's tier counted, by partner. */
  readonly countedClients: ReadonlyMap<string, readonly Client[]>
}

export async function readTerms(
  store: Store,
  stated: StatedRevision,
  payers: PayerRange,
): Promise<MonthTerms> {
  const { month, tariff, proof } = stated
  const some = {
    sql: `SELECT client_id FROM statement WHERE ${OF_PAYERS}`,
    params: ofPayers(stated, payers),
  }
  const registry = await readRegistryPart(store, proof.registryImportId, some)
  const { integrationById, clientsByPayingPartner } = takeActiveRegistry(registry, parseBillingPeriod(month))
  return {
    version: tariff,
    integrationNames: new Map([...integrationById].map(([id, { name }]) => [id, name])),
    countedClients: clientsByPayingPartner,
  }
}
