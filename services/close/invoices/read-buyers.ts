import type { Store } from '@forbruk/infra/store/store.ts'
import type { Buyer } from '@forbruk/schemas/registry/buyer.ts'
import { readRegistryImport } from '../registry/read-stored-registry.ts'
import { placeVersions, readVersions } from '../registry/registry-versions.ts'

/**
 * What is known of each client that may be invoiced, by id. An address is no matter of the month: it is taken from the
 * registry that holds from now on, so that a missing one can be filled in after the close. Clients that this one has no
 * more are as in the registry of the revision.
 */
export async function readBuyers(store: Store, revisionImportId: string): Promise<Map<string, Buyer>> {
  const newest = placeVersions(await readVersions(store)).find(({ holds }) => holds?.until === null)
  const importIds = new Set([revisionImportId, newest?.importId ?? revisionImportId])
  const buyers = new Map<string, Buyer>()
  for (const importId of importIds) {
    const { clients } = await readRegistryImport(store, importId)
    for (const { clientId, buyer } of clients) buyers.set(clientId, buyer ?? {})
  }
  return buyers
}
