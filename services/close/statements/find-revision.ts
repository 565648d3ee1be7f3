import { readProgress } from '@forbruk/infra/ledger/progress.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import type { ClosedMonth, StatementProof } from '@forbruk/schemas/statement/payer-statement.ts'
import { Decimal } from 'decimal.js'
import { z } from 'zod'

/** A recorded revision of a month: its rows are those with its `closeId`. */
export type StatedRevision = {
  readonly month: string
  readonly revision: number
  readonly closeId: string
  readonly isLatest: boolean
  /** How many it has, one for each client. */
  readonly statements: number
  readonly proof: StatementProof
}

/** More revisions than anybody lists; the newest months come first. */
const CLOSED_MONTHS_MAX = 2_000

export const twoDecimals = (amount: string): string => new Decimal(amount).toFixed(2)

const closedMonthShape: z.ZodType<ClosedMonth> = z
  .object({
    month: z.string(),
    revision: storedCount,
    is_latest: storedCount,
    closed_at_ms: storedCount,
    content_hash: z.string(),
    statements: storedCount,
    payable_nok: z.string(),
    proposed_nok: z.string(),
    forced_reason: z.string(),
  })
  .transform(row => ({
    month: row.month,
    revision: row.revision,
    isLatest: row.is_latest === 1,
    closedAt: new Date(row.closed_at_ms).toISOString(),
    contentHash: row.content_hash,
    statements: row.statements,
    payableNok: twoDecimals(row.payable_nok),
    proposedNok: twoDecimals(row.proposed_nok),
    forcedReason: row.forced_reason === '' ? null : row.forced_reason,
  }))

/** Every revision of every closed month, newest first. */
export async function readClosedMonths(store: Store): Promise<ClosedMonth[]> {
  const sql = `
SELECT
    month, revision, is_latest, toUnixTimestamp64Milli(closed_at) AS closed_at_ms, content_hash, statements,
    payable_nok, proposed_nok, forced_reason
FROM month_closes ORDER BY month DESC, revision DESC LIMIT ${CLOSED_MONTHS_MAX}`
  return store.query(sql, closedMonthShape)
}

const statedShape = z.object({
  month: z.string(),
  revision: storedCount,
  close_id: z.string(),
  is_latest: storedCount,
  statements: storedCount,
  content_hash: z.string(),
  closed_at_ms: storedCount,
  stream: z.string(),
  cut: z.array(z.object({ partition: storedCount, next_offset: storedCount })),
  registry_import_id: z.string(),
  tariff_hash: z.string(),
  tariff_valid_from: z.string(),
  definitions: z.array(z.string()),
  forced_reason: z.string(),
  forced_lacks: z.array(z.string()),
})

const STATED_SQL = `
SELECT
    month, revision, close_id, is_latest, statements, content_hash, toUnixTimestamp64Milli(closed_at) AS closed_at_ms, stream, cut,
    registry_import_id, tariff_hash, tariff_valid_from, definitions, forced_reason, forced_lacks
FROM month_closes
WHERE month = {month:String} AND ({revision:UInt32} = 0 OR revision = {revision:UInt32})
ORDER BY revision DESC LIMIT 1`

/** A month's revision, or its newest where none is named; null when there is none. */
export async function findRevision(
  store: Store,
  month: string,
  revision: number | null,
): Promise<StatedRevision | null> {
  const [row] = await store.query(STATED_SQL, statedShape, { month, revision: revision ?? 0 })
  if (row === undefined) return null
  const progress = await readProgress(store, row.stream)
  const firstOffsets = new Map(progress.map(({ partition, firstOffset }) => [partition, firstOffset]))
  return {
    month: row.month,
    revision: row.revision,
    closeId: row.close_id,
    isLatest: row.is_latest === 1,
    statements: row.statements,
    proof: {
      contentHash: row.content_hash,
      closedAt: new Date(row.closed_at_ms).toISOString(),
      stream: row.stream,
      ranges: row.cut.map(({ partition, next_offset }) => ({
        partition,
        firstOffset: String(firstOffsets.get(partition) ?? 0),
        nextOffset: String(next_offset),
      })),
      registryImportId: row.registry_import_id,
      tariffHash: row.tariff_hash,
      tariffValidFrom: row.tariff_valid_from,
      definitions: row.definitions,
      forced: row.forced_reason === '' ? null : { reason: row.forced_reason, lacks: row.forced_lacks },
    },
  }
}
