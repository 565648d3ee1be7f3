import type { QueryParams, Store } from '@forbruk/infra/store/store.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { ALONE, WITH_PARTNER } from './payers-in-scope.ts'
import { readAnnouncements } from './read-announcements.ts'

/** For a query of the view `statements`. */
type DocumentsInScope = {
  readonly condition: string
  /** Whether a row is of the newest revision of its month that may be seen. */
  readonly isLatest: string
  readonly params: QueryParams
}

/**
 * The statements, of whatever month, that may be seen: on documents of which all may be seen, as `payersInScope` has it
 * of one revision, and of revisions that were announced.
 *
 * @param topic that statements are announced on
 */
export async function documentsInScope(store: Store, scope: Scope, topic: string): Promise<DocumentsInScope> {
  if (scope.kind === 'all') return { condition: 'true', isLatest: 'is_latest', params: {} }
  const announced = (await readAnnouncements(store, topic)).filter(({ state }) => state === 'announced')
  // By month and number: the last one of a month is its newest.
  const newest = new Map(announced.map(each => [each.month, nameOf(each)]))
  const { payers, seen, scopeId } = spellScope(scope)
  return {
    condition: `${NAME} IN {announced:Array(String)} AND (month, revision, payer_id) IN
(
    SELECT month, revision, payer_id FROM
    (
        SELECT month, revision, payer_id, client_id, partner_id, 1 AS is_statement FROM statements
        WHERE payer_id IN (${payers})
        UNION ALL
        SELECT month, revision, payer_id, client_id, '' AS partner_id, 0 AS is_statement FROM statement_adjustments
        WHERE payer_id IN (${payers})
    )
    GROUP BY month, revision, payer_id HAVING ${seen}
)`,
    isLatest: `${NAME} IN {newest:Array(String)}`,
    params: { scope_id: scopeId, announced: announced.map(nameOf), newest: [...newest.values()] },
  }
}

const NAME = `concat(month, ' r', toString(revision))`

function nameOf({ month, revision }: { readonly month: string; readonly revision: number }): string {
  return `${month} r${revision}`
}

/** @returns `payers`: all that may come into question, so that nobody else's statements are read */
function spellScope(scope: Exclude<Scope, { kind: 'all' }>) {
  switch (scope.kind) {
    case 'client':
      return { payers: 'SELECT {scope_id:String}', seen: ALONE, scopeId: scope.clientId }
    case 'partner':
      return {
        payers: `SELECT {scope_id:String} UNION ALL
            SELECT payer_id FROM statement WHERE partner_id = {scope_id:String}`,
        seen: `payer_id = {scope_id:String} OR (${ALONE} AND ${WITH_PARTNER})`,
        scopeId: scope.partnerId,
      }
  }
}
