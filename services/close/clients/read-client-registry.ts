import type { Store } from '@forbruk/infra/store/store.ts'
import type { Buyer } from '@forbruk/schemas/registry/buyer.ts'
import type { Client, Integration } from '@forbruk/schemas/registry/registry.ts'
import { readRegistryPart } from '../registry/read-stored-registry.ts'
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

/** Null where the registry doesn't know the client, or none holds. */
export async function readClientRegistry(
  store: Store,
  { registry: version }: MonthTerms,
  clientId: string,
): Promise<ClientRegistry | null> {
  if (version === null) return null
  const some = { sql: 'SELECT {client:String}', params: { client: clientId } }
  const registry = await readRegistryPart(store, version.importId, some)
  const client = registry.clients.find(each => each.clientId === clientId)
  if (client === undefined) return null
  const { buyer = null, ...facts } = client
  const integrations = new Map(registry.integrations.map(each => [each.integrationId, each]))
  return {
    ...facts,
    buyer,
    isPartner: registry.partners.some(each => each.partnerId === clientId),
    activations: registry.activations.flatMap(
      ({ clientId: whose, integrationId, activeFrom, activeUntil }) => {
        const integration = integrations.get(integrationId)
        return whose !== clientId || integration === undefined
          ? []
          : [{ ...integration, activeFrom, activeUntil }]
      },
    ),
  }
}
