import type { QueryParams } from '@forbruk/infra/store/store.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { OF_CLOSE } from '../revision/of-close.ts'

/** For a query of rows that have a `payer_id`, with the parameters of `ofClose`. */
type PayersInScope = { readonly condition: string; readonly params: QueryParams }

/**
 * The payers of a revision whose whole document may be seen, as the revision itself has them: what the registry says by
 * now changes nothing of whom a statement was made out to. A client sees a document that is its own and has no other
 * client on it. A partner sees its own, and those of clients that were its own in that revision.
 */
export function payersInScope(scope: Scope): PayersInScope {
  switch (scope.kind) {
    case 'all':
      return { condition: 'true', params: {} }
    case 'client':
      return {
        condition: among(`payer_id = {scope_id:String} AND ${ALONE}`),
        params: { scope_id: scope.clientId },
      }
    case 'partner':
      return {
        condition: among(`payer_id = {scope_id:String} OR (${ALONE} AND ${WITH_PARTNER})`),
        params: { scope_id: scope.partnerId },
      }
  }
}

/** Of rows by payer: nobody but the payer stands on the document. */
export const ALONE = 'countIf(client_id != payer_id) = 0'
/** Of such rows: every client on it was the partner's. */
export const WITH_PARTNER =
  'sum(is_statement) > 0 AND countIf(is_statement = 1 AND partner_id != {scope_id:String}) = 0'

function among(seen: string): string {
  return `payer_id IN
(
    SELECT payer_id FROM
    (
        SELECT payer_id, client_id, partner_id, 1 AS is_statement FROM statement FINAL WHERE ${OF_CLOSE}
        UNION ALL
        SELECT payer_id, client_id, '' AS partner_id, 0 AS is_statement FROM statement_adjustment FINAL
        WHERE ${OF_CLOSE}
    )
    GROUP BY payer_id HAVING ${seen}
)`
}
