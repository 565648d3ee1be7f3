import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, countText, isoTime, money, safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf, type Values } from '@forbruk/infra/store/tables/table.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { documentsInScope } from '../statements/documents-in-scope.ts'

const STATED = {
  month: text,
  revision: safeCount,
  isLatest: bool,
  closedAt: isoTime,
  payerId: text,
  payerName: text,
  requests: countText,
  bytes: countText,
  meteredRequests: countText,
  meteredBytes: countText,
  amountNok: money,
  payableNok: money,
  proposedNok: money,
  contentHash: text,
}
type ClientStatement = Values<typeof STATED>

const STATEMENTS_MAX = 500

/** What each revision of each month says of a client, newest first, as far as that may be seen. */
export async function readClientStatements(
  store: Store,
  clientId: string,
  { scope, statementsTopic }: { readonly scope: Scope; readonly statementsTopic: string },
): Promise<ClientStatement[]> {
  const { condition, isLatest, params } = await documentsInScope(store, scope, statementsTopic)
  const sql = `
SELECT month, revision, ${isLatest} AS is_latest, closed_at, payer_id, payer_name, requests, bytes, metered_requests,
    metered_bytes, amount_nok, payable_nok, proposed_nok, content_hash
FROM statements
WHERE client_id = {client:String} AND ${condition}
ORDER BY month DESC, revision DESC
LIMIT ${STATEMENTS_MAX}`
  return store.query(sql, shapeOf(STATED), { ...params, client: clientId })
}
