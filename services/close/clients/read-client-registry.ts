import type { Store } from '@forbruk/infra/store/store.ts'
import { bool } from '@forbruk/infra/store/tables/codec.ts'
import { registryActivation } from '@forbruk/infra/store/tables/registry-activation.ts'
import { registryClient } from '@forbruk/infra/store/tables/registry-client.ts'
import { registryIntegration } from '@forbruk/infra/store/tables/registry-integration.ts'
import { omit, select, shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { type Buyer, buyerOf } from '@forbruk/schemas/registry/buyer.ts'
import type { Client, Integration } from '@forbruk/schemas/registry/registry.ts'
import { compareText } from '@forbruk/schemas/registry/sort-registry.ts'
import type { MonthTerms } from './month-terms.ts'

/** What the registry of a month says of a client. */
type ClientRegistry = Omit<Client, 'buyer'> & {
  readonly buyer: Buyer | null
  readonly isPartner: boolean
  /** What it has or had active, whenever, by id. */
  readonly activations: readonly (Integration & {
    readonly activeFrom: string
    readonly activeUntil: string | null
  })[]
}

const { list } = select(omit(registryClient, 'importId'))
const { importId: _, ...CLIENT } = registryClient.columns
const clientShape = shapeOf({ ...CLIENT, isPartner: bool })
const CLIENT_SQL = `
SELECT ${list},
    client_id IN (SELECT partner_id FROM registry_partner WHERE import_id = {registry:String}) AS is_partner
FROM registry_client FINAL
WHERE import_id = {registry:String} AND client_id = {client:String}`

const { name, kind } = registryIntegration.columns
const { integrationId, activeFrom, activeUntil } = registryActivation.columns
const activationShape = shapeOf({ integrationId, name, kind, activeFrom, activeUntil })
const ACTIVATIONS_SQL = `
SELECT integration_id, name, kind, active_from, active_until
FROM
(
    SELECT integration_id, active_from, active_until FROM registry_activation FINAL
    WHERE import_id = {registry:String} AND client_id = {client:String}
) AS active
INNER JOIN
(
    SELECT integration_id, name, kind FROM registry_integration FINAL WHERE import_id = {registry:String}
) AS known USING (integration_id)`

/** Null where the registry doesn't know the client, or none holds. */
export async function readClientRegistry(
  store: Store,
  { registry: version }: MonthTerms,
  clientId: string,
): Promise<ClientRegistry | null> {
  if (version === null) return null
  const params = { registry: version.importId, client: clientId }
  const [[client], activations] = await Promise.all([
    store.query(CLIENT_SQL, clientShape, params),
    store.query(ACTIVATIONS_SQL, activationShape, params),
  ])
  if (client === undefined) return null
  const { name, partnerId, collectiveInvoice, isPartner, ...values } = client
  const { buyer = null } = buyerOf(values)
  return {
    ...{ clientId, name, partnerId, collectiveInvoice, isPartner, buyer },
    activations: activations.toSorted(
      (one, other) =>
        compareText(one.integrationId, other.integrationId) || compareText(one.activeFrom, other.activeFrom),
    ),
  }
}
