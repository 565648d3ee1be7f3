import type { SqlPart } from '@forbruk/infra/ledger/usage/client-figures.ts'
import type { QueryParams, Store } from '@forbruk/infra/store/store.ts'
import { text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { type PeriodRange, parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { placeVersions, readVersions } from './registry-versions.ts'

/** For a query of rows that have an `hour` and a `client_id`. */
type ClientsInScope = { readonly sql: string; readonly params: QueryParams }

/** An import, and the hours of a range for which it holds. */
type HeldRange = PeriodRange & { readonly importId: string }

/**
 * Whose usage of a range may be seen; null: everybody's. A partner's clients are those that the registry has for a
 * month by now, the one that the month would be rated with: of a client that came or left it sees the months between.
 */
export async function clientsInScope(
  store: Store,
  scope: Scope,
  range: PeriodRange,
  timeZone: string,
): Promise<ClientsInScope | null> {
  switch (scope.kind) {
    case 'all':
      return null
    case 'client':
      return { sql: 'client_id = {scope_id:String}', params: { scope_id: scope.clientId } }
    case 'partner':
      return ofPartner(scope.partnerId, await readHeld(store, range, timeZone))
  }
}

/**
 * The same of one month, by the registry that holds for it: a query of client ids; null: everybody's. Put into the
 * question, so that names, sums, pages and orders are of what may be seen alone.
 */
export function clientsOfMonthInScope(scope: Scope, importId: string | null): SqlPart | null {
  switch (scope.kind) {
    case 'all':
      return null
    case 'client':
      return { sql: 'SELECT {scope_id:String}', params: { scope_id: scope.clientId } }
    case 'partner':
      return {
        sql: `SELECT {scope_id:String} UNION ALL SELECT client_id FROM registry_client FINAL
            WHERE import_id = {scope_import:String} AND partner_id = {scope_id:String}`,
        params: { scope_id: scope.partnerId, scope_import: importId ?? '' },
      }
  }
}

function ofPartner(partnerId: string, held: readonly HeldRange[]): ClientsInScope {
  const conditions = held.map(
    ({ startMs, endMs }, index) => `(hour >= toDateTime(${startMs / 1_000}, 'UTC')
        AND hour < toDateTime(${endMs / 1_000}, 'UTC')
        AND client_id IN (SELECT client_id FROM registry_client FINAL
            WHERE import_id = {scope_import_${index}:String} AND partner_id = {scope_id:String}))`,
  )
  const imports = held.map(({ importId }, index) => [`scope_import_${index}`, importId] as const)
  return {
    sql: `(${['client_id = {scope_id:String}', ...conditions].join(' OR ')})`,
    params: { scope_id: partnerId, ...Object.fromEntries(imports) },
  }
}

/** The first of these clients of which nothing of the range may be seen; null when there is none. */
export async function findOutOfScope(
  store: Store,
  scope: Scope,
  { clientIds, range, timeZone }: AskedClients,
): Promise<string | null> {
  if (scope.kind === 'all' || clientIds.length === 0) return null
  if (scope.kind === 'client') return clientIds.find(each => each !== scope.clientId) ?? null
  const sql = `
SELECT DISTINCT client_id FROM registry_client FINAL
WHERE import_id IN {imports:Array(String)} AND partner_id = {partner:String} AND client_id IN {clients:Array(String)}`
  const imports = (await readHeld(store, range, timeZone)).map(({ importId }) => importId)
  const params = { imports, partner: scope.partnerId, clients: clientIds }
  const rows = await store.query(sql, shapeOf({ clientId: text }), params)
  const seen = new Set([scope.partnerId, ...rows.map(({ clientId }) => clientId)])
  return clientIds.find(each => !seen.has(each)) ?? null
}

type AskedClients = {
  readonly clientIds: readonly string[]
  readonly range: PeriodRange
  readonly timeZone: string
}

async function readHeld(store: Store, range: PeriodRange, timeZone: string): Promise<HeldRange[]> {
  const startOf = (month: string) => periodRange(parseBillingPeriod(month), timeZone).startMs
  return placeVersions(await readVersions(store)).flatMap(({ importId, holds }) => {
    if (holds === null) return []
    const startMs = Math.max(range.startMs, holds.from === null ? range.startMs : startOf(holds.from))
    const endMs = Math.min(range.endMs, holds.until === null ? range.endMs : startOf(holds.until))
    return startMs < endMs ? [{ importId, startMs, endMs }] : []
  })
}
