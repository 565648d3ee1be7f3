import type { Store } from '@forbruk/infra/store/store.ts'
import { registryClient } from '@forbruk/infra/store/tables/registry-client.ts'
import { omit, select } from '@forbruk/infra/store/tables/table.ts'
import { type Buyer, buyerOf } from '@forbruk/schemas/registry/buyer.ts'
import { placeVersions, readVersions } from '../registry/registry-versions.ts'
import type { PayerRange } from '../revision/of-close.ts'

const { list, shape } = select(omit(registryClient, 'name', 'partnerId', 'collectiveInvoice'))
const SQL = `
SELECT ${list}
FROM registry_client FINAL
WHERE import_id IN ({revision_import:String}, {newest_import:String})
    AND client_id >= {first_payer:String} AND client_id <= {last_payer:String}
ORDER BY import_id = {newest_import:String}`

/**
 * What is known of neighbouring payers beside their names, by id. An address is no matter of the month: it is taken
 * from the registry that holds from now on, so that a missing one can be filled in after the close. Clients that this
 * one has no more are as in the registry of the revision.
 */
export async function readBuyers(
  store: Store,
  revisionImportId: string,
  { first, last }: PayerRange,
): Promise<Map<string, Buyer>> {
  const newest = placeVersions(await readVersions(store)).find(({ holds }) => holds?.until === null)
  const rows = await store.query(SQL, shape, {
    revision_import: revisionImportId,
    newest_import: newest?.importId ?? revisionImportId,
    first_payer: first,
    last_payer: last,
  })
  return new Map(rows.map(({ importId: _, clientId, ...values }) => [clientId, buyerOf(values).buyer ?? {}]))
}
