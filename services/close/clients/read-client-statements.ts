import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, countText, isoTime, money, safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf, type Values } from '@forbruk/infra/store/tables/table.ts'

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
const SQL = `
SELECT month, revision, is_latest, closed_at, payer_id, payer_name, requests, bytes, metered_requests, metered_bytes,
    amount_nok, payable_nok, proposed_nok, content_hash
FROM statements
WHERE client_id = {client:String}
ORDER BY month DESC, revision DESC
LIMIT ${STATEMENTS_MAX}`

/** What each revision of each month says of a client, newest first: more than anybody lists. */
export function readClientStatements(store: Store, clientId: string): Promise<ClientStatement[]> {
  return store.query(SQL, shapeOf(STATED), { client: clientId })
}
