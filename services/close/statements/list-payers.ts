import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import type { PayerSummary } from '@forbruk/schemas/statement/payer-statement.ts'
import { z } from 'zod'
import { type StatedRevision, twoDecimals } from './find-revision.ts'

const payerShape: z.ZodType<PayerSummary> = z
  .object({
    payer_id: z.string(),
    payer_name: z.string(),
    clients: storedCount,
    amount_nok: z.string(),
    payable_nok: z.string(),
    proposed_nok: z.string(),
    adjustments_payable_nok: z.string(),
  })
  .transform(row => ({
    payerId: row.payer_id,
    payerName: row.payer_name,
    clients: row.clients,
    amountNok: twoDecimals(row.amount_nok),
    payableNok: twoDecimals(row.payable_nok),
    proposedNok: twoDecimals(row.proposed_nok),
    adjustmentsPayableNok: twoDecimals(row.adjustments_payable_nok),
  }))

const OF_CLOSE = 'month = {month:String} AND revision = {revision:UInt32} AND close_id = {close_id:String}'

/** Whoever has a statement, or only adjustments, since every client of theirs has another payer by now. */
const PAYERS_SQL = `
SELECT
    payer_id,
    any(name) AS payer_name,
    sum(is_statement) AS clients,
    sum(amount) AS amount_nok,
    sum(payable) AS payable_nok,
    sum(proposed) AS proposed_nok,
    sum(adjustment) AS adjustments_payable_nok
FROM
(
    SELECT
        payer_id, payer_name AS name, 1 AS is_statement, amount_nok AS amount, payable_nok AS payable,
        proposed_nok AS proposed, toDecimal64(0, 2) AS adjustment
    FROM statement FINAL WHERE ${OF_CLOSE}
    UNION ALL
    SELECT
        payer_id, payer_name, 0, toDecimal64(0, 2), toDecimal64(0, 2), toDecimal64(0, 2), payable_nok
    FROM statement_adjustment FINAL WHERE ${OF_CLOSE}
)
WHERE payer_id > {after:String}
GROUP BY payer_id
ORDER BY payer_id
LIMIT {limit:UInt32}`

/** The payers of a revision by id, at most `limit` of those that come after one. */
export async function listPayers(
  store: Store,
  { month, revision, closeId }: StatedRevision,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<PayerSummary[]> {
  return store.query(PAYERS_SQL, payerShape, { month, revision, close_id: closeId, after, limit })
}
