import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { type RowOf, select } from '@forbruk/infra/store/tables/table.ts'
import { type Decided, WITHOUT_BOUND } from '../rating/price-overage.ts'
import type { Decisions } from '../rating/rate.ts'

const READ = [
  'month',
  'revision',
  'closeId',
  'contentHash',
  'closedAtMs',
  'cut',
  'registryImportId',
  'tariffHash',
  'tariff',
  'decisions',
  'decided',
  'countedRequests',
  'countedBytes',
  'forcedReason',
] as const
const { list, shape } = select(monthCloses, ...READ)
const revisionShape = shape.transform(toRevision)

/** A revision as it was recorded: what it says of itself, and what it was rated with. */
export type Revision = ReturnType<typeof toRevision>

function toRevision(row: Pick<RowOf<typeof monthCloses>, (typeof READ)[number]>) {
  const { tariffHash, tariff, decisions: _, decided: __, ...rest } = row
  return { ...rest, tariff: { hash: tariffHash, version: tariff }, decisions: toDecisions(row) }
}

function toDecisions({
  decisions,
  decided,
}: Pick<RowOf<typeof monthCloses>, 'decisions' | 'decided'>): Decisions {
  const all: readonly (Decided & { readonly clientId: string })[] =
    decided.length > 0 ? decided : decisions.map(each => ({ ...each, ...WITHOUT_BOUND }))
  const byId = Map.groupBy(all, each => each.clientId)
  const pick = ({ clientId: _, ...decided }: (typeof all)[number]): Decided => decided
  return new Map([...byId].map(([clientId, ofClient]) => [clientId, ofClient.map(pick)]))
}

/** The newest revision of a month; null while it is open. */
export async function readLatestRevision(store: Store, month: string): Promise<Revision | null> {
  const sql = `SELECT ${list} FROM month_closes WHERE month = {month:String} ORDER BY revision DESC LIMIT 1`
  const [row] = await store.query(sql, revisionShape, { month })
  return row ?? null
}

const stated = select(monthCloses, 'month', 'decisions', 'decided')

/** By month, of those that are closed: the decisions that the newest revision was rated with. */
export async function readDecisionsStated(
  store: Store,
  months: readonly string[],
): Promise<ReadonlyMap<string, Decisions>> {
  const sql = `SELECT ${stated.list} FROM month_closes WHERE is_latest AND month IN {months:Array(String)}`
  const rows = await store.query(sql, stated.shape, { months })
  return new Map(rows.map(row => [row.month, toDecisions(row)]))
}

/** Who holds a revision of a month; null when nobody does. */
export async function readRevision(store: Store, month: string, revision: number): Promise<Revision | null> {
  const sql = `SELECT ${list} FROM month_closes WHERE month = {month:String} AND revision = {revision:UInt32}`
  const [row] = await store.query(sql, revisionShape, { month, revision })
  return row ?? null
}
