import { countedIn } from '@forbruk/infra/ledger/settle/settled-month.ts'
import { findUsersOf } from '@forbruk/infra/ledger/usage/client-figures.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { type ClientQuestion, NEAR_PERCENT } from '@forbruk/schemas/usage/client-question.ts'
import { forecastTerms } from '@forbruk/schemas/usage/forecast.ts'
import type { MonthTerms } from './month-terms.ts'

type Asked = {
  readonly store: Store
  readonly stream: string
  readonly terms: MonthTerms
  readonly nowMs: number
}

/** Of more than so many it is cheaper to look at all. */
const POSSIBLE_MAX = 2_000

/** Who can be answered at all, so that of the others nothing more need be read; null: anybody. */
export async function findPossible(
  asked: Asked,
  question: ClientQuestion,
): Promise<readonly string[] | null> {
  const { clientId, search } = question
  if (clientId !== null) return [clientId]
  const found = search === '' ? null : await findLike(asked, search)
  return found ?? findNear(asked, question)
}

/** Those of the registry with it in their name or id, and whoever else was counted with it in the id. */
async function findLike({ store, stream, terms }: Asked, search: string): Promise<readonly string[] | null> {
  const { view, inRange, params } = countedIn(terms.range)
  const rows = await store.query(
    `SELECT DISTINCT client_id FROM
     (
         SELECT client_id FROM registry_client
         WHERE import_id = {registry:String} AND (${isLike('client_id')} OR ${isLike('name')})
         UNION ALL
         SELECT client_id FROM ${view} WHERE stream = {stream:String} AND ${inRange} AND ${isLike('client_id')}
     )
     LIMIT {clients_max:UInt32}`,
    shapeOf({ clientId: text }),
    { ...params, stream, search, registry: terms.registry?.importId ?? '', clients_max: POSSIBLE_MAX + 1 },
  )
  return rows.length > POSSIBLE_MAX ? null : rows.map(row => row.clientId)
}

/** SQL: whether a text has what is searched for in it. */
export function isLike(column: string): string {
  return `positionCaseInsensitiveUTF8(${column}, {search:String}) > 0`
}

/** What counts is at most what was used, and the pace at most all of it, so that few can be near an allowance. */
async function findNear(
  { store, stream, terms, nowMs }: Asked,
  { standings }: ClientQuestion,
): Promise<readonly string[] | null> {
  const { allowance, registry, range } = terms
  if (allowance === null || registry === null) return null
  if (standings.length === 0 || standings.includes('within')) return null
  const pace = forecastTerms(range.startMs, range.endMs, nowMs)
  const [elapsed, rest] = [BigInt(pace?.elapsedMs ?? 1), BigInt(pace?.restMs ?? 0)]
  const leastFor = (included: bigint) => {
    const [near, heading] = [
      (included * BigInt(NEAR_PERCENT)) / 100n,
      (included * elapsed) / (elapsed + rest),
    ]
    return near < heading ? near : heading
  }
  const [requestsMin, bytesMin] = [leastFor(allowance.requests), leastFor(allowance.bytes)]
  return findUsersOf(store, { stream, range, requestsMin, bytesMin, clientsMax: POSSIBLE_MAX })
}
