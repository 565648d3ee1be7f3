import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, isoTime, money, safeCount, text, textOrNull } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import type { ClosedMonth } from '@forbruk/schemas/statement/month-close.ts'
import { documentsInScope } from './documents-in-scope.ts'

const closedShape = shapeOf({
  month: text,
  revision: safeCount,
  isLatest: bool,
  closedAt: isoTime,
  contentHash: text,
  statements: safeCount,
  payableNok: money,
  proposedNok: money,
  forcedReason: textOrNull,
})

/** The closed months in which somebody may see a statement, with what those that they may see come to. */
export async function readMonthsInScope(
  store: Store,
  scope: Scope,
  statementsTopic: string,
): Promise<ClosedMonth[]> {
  const { condition, isLatest, params } = await documentsInScope(store, scope, statementsTopic)
  const sql = `
SELECT month, revision, newest AS is_latest, closed_at, content_hash, count() AS statements,
    sum(payable) AS payable_nok, sum(proposed) AS proposed_nok, forced_reason
FROM
(
    SELECT month, revision, ${isLatest} AS newest, closed_at, content_hash, payable_nok AS payable,
        proposed_nok AS proposed, forced_reason
    FROM statements WHERE ${condition}
)
GROUP BY month, revision, newest, closed_at, content_hash, forced_reason
ORDER BY month DESC, revision DESC`
  return store.query(sql, closedShape, params)
}
