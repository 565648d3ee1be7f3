import type { Store } from '@forbruk/infra/store/store.ts'
import { money, safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { EVERYTHING, type Scope } from '@forbruk/schemas/access/scope.ts'
import type { PayerSummary } from '@forbruk/schemas/statement/payer-statement.ts'
import { type CloseKey, OF_CLOSE, ofClose } from '../revision/of-close.ts'
import { payersInScope } from './payers-in-scope.ts'

const payerShape = shapeOf({
  payerId: text,
  payerName: text,
  clients: safeCount,
  amountNok: money,
  payableNok: money,
  proposedNok: money,
  adjustmentsPayableNok: money,
})

/** Whoever has a statement, or only adjustments, since every client of theirs has another payer by now. */
const payersSql = (condition: string) => `
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
WHERE payer_id > {after:String} AND ${condition}
GROUP BY payer_id
ORDER BY payer_id
LIMIT {limit:UInt32}`

/** The payers of a revision by id, at most `limit` of those that come after one. */
export async function listPayers(
  store: Store,
  close: CloseKey,
  { after, limit }: { readonly after: string; readonly limit: number },
  scope: Scope = EVERYTHING,
): Promise<PayerSummary[]> {
  const { condition, params } = payersInScope(scope)
  return store.query(payersSql(condition), payerShape, { ...ofClose(close), ...params, after, limit })
}

/** Whether a payer's whole document may be seen. */
export async function isPayerInScope(
  store: Store,
  close: CloseKey,
  scope: Scope,
  payerId: string,
): Promise<boolean> {
  if (scope.kind === 'all') return true
  const { condition, params } = payersInScope(scope)
  const sql = `SELECT 1 AS seen FROM (SELECT {payer:String} AS payer_id) WHERE ${condition}`
  const rows = await store.query(sql, shapeOf({ seen: safeCount }), {
    ...ofClose(close),
    ...params,
    payer: payerId,
  })
  return rows.length > 0
}

/** All payers of a revision by id, as many at a time as are asked for together. */
export async function* payerPages(
  store: Store,
  close: CloseKey,
  limit: number,
): AsyncGenerator<PayerSummary[]> {
  let after = ''
  for (;;) {
    const page = await listPayers(store, close, { after, limit })
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return
    after = last.payerId
  }
}
