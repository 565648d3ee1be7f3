import { readProgress } from '@forbruk/infra/ledger/blocks/progress.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { ClosedMonth } from '@forbruk/schemas/statement/month-close.ts'
import type { MonthProof } from '@forbruk/schemas/statement/month-proof.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { Reconciled } from '../reconcile/reconciled.ts'

/** A recorded revision of a month: its rows are those with its `closeId`. */
export type StatedRevision = {
  readonly month: string
  readonly revision: number
  readonly closeId: string
  readonly isLatest: boolean
  /** How many it has, one for each client. */
  readonly statements: number
  /** Of its sources' lines. */
  readonly formats: readonly string[]
  /** That were not retired by then. */
  readonly sources: readonly string[]
  readonly reconciled: readonly Reconciled[]
  /** That it was rated with. */
  readonly tariff: TariffVersion
  readonly proof: MonthProof
}

/** More revisions than anybody lists; the newest months come first. */
const CLOSED_MONTHS_MAX = 2_000

const listed = select(
  monthCloses,
  'month',
  'revision',
  'isLatest',
  'closedAtMs',
  'contentHash',
  'statements',
  'payableNok',
  'proposedNok',
  'forcedReason',
)

/** Every revision of every closed month, newest first. */
export async function readClosedMonths(store: Store): Promise<ClosedMonth[]> {
  const sql = `SELECT ${listed.list} FROM month_closes ORDER BY month DESC, revision DESC LIMIT ${CLOSED_MONTHS_MAX}`
  const rows = await store.query(sql, listed.shape)
  return rows.map(({ closedAtMs, ...row }) => ({ ...row, closedAt: new Date(closedAtMs).toISOString() }))
}

const stated = select(
  monthCloses,
  'month',
  'revision',
  'closeId',
  'isLatest',
  'statements',
  'contentHash',
  'closedAtMs',
  'stream',
  'cut',
  'registryImportId',
  'tariff',
  'tariffHash',
  'tariffValidFrom',
  'definitions',
  'forcedReason',
  'forcedLacks',
  'sources',
  'reconciled',
)

const STATED_SQL = `
SELECT ${stated.list}
FROM month_closes
WHERE month = {month:String} AND ({revision:UInt32} = 0 OR revision = {revision:UInt32})
ORDER BY revision DESC LIMIT 1`

/** A month's revision, or its newest where none is named; null when there is none. */
export async function findRevision(
  store: Store,
  month: string,
  revision: number | null,
): Promise<StatedRevision | null> {
  const [row] = await store.query(STATED_SQL, stated.shape, { month, revision: revision ?? 0 })
  if (row === undefined) return null
  const progress = await readProgress(store, row.stream)
  const firstOffsets = new Map(progress.map(({ partition, firstOffset }) => [partition, firstOffset]))
  const { closedAtMs, cut, forcedReason, forcedLacks, sources, reconciled, ...found } = row
  const { month: _, revision: newest, closeId, isLatest, statements, tariff, ...proof } = found
  return {
    month,
    revision: newest,
    closeId,
    isLatest,
    statements,
    formats: sources.map(({ format }) => format),
    sources: sources.filter(({ retiredReason }) => retiredReason === null).map(({ source }) => source),
    reconciled,
    tariff,
    proof: {
      ...proof,
      closedAt: new Date(closedAtMs).toISOString(),
      ranges: cut.map(({ partition, nextOffset }) => ({
        partition,
        firstOffset: String(firstOffsets.get(partition) ?? 0),
        nextOffset: String(nextOffset),
      })),
      forced: forcedReason === null ? null : { reason: forcedReason, lacks: forcedLacks },
    },
  }
}
