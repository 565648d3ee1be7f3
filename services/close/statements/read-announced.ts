import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { Statement, StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { PayerRange } from '../revision/of-close.ts'
import { readRevision } from '../revision/read-revision.ts'
import { readAdjustments, readStatements } from '../revision/read-statements.ts'
import type { StatedRevision } from './find-revision.ts'

/** What payers were told before a revision, and what each revision since has changed of it. */
export type Announced = {
  readonly revision: number
  /** Who had a statement by then: nobody else was told anything. */
  readonly payerIds: ReadonlySet<string>
  readonly version: TariffVersion
  /** By client. */
  readonly statements: ReadonlyMap<string, Statement>
  /** Of the revision after it up to this one, in order, by payer. */
  readonly adjustments: ReadonlyMap<string, readonly StatementAdjustment[]>
}

const ANNOUNCED_SQL = `
SELECT max(told.revision) AS revision
FROM statement_announcement AS told
WHERE told.month = {month:String} AND told.revision < {revision:UInt32}`
const announcedShape = shapeOf({ revision: safeCount })

const TOLD_SQL = `
SELECT DISTINCT payer_id
FROM statements
WHERE month = {month:String} AND revision <= {revision:UInt32}
    AND payer_id >= {first:String} AND payer_id <= {last:String}`
const toldShape = shapeOf({ payerId: text })

/** Of neighbouring payers; null where nothing of the month was announced before. */
export async function readAnnounced(
  store: Store,
  stated: StatedRevision,
  payers: PayerRange,
): Promise<Announced | null> {
  const { month } = stated
  const [row] = await store.query(ANNOUNCED_SQL, announcedShape, { month, revision: stated.revision })
  const revision = row?.revision ?? 0
  if (revision === 0) return null
  const recorded = await readRevision(store, month, revision)
  if (recorded === null) throw new Error(`${month} r${revision} was announced and is not recorded`)
  const adjustments: StatementAdjustment[][] = []
  for (let each = revision + 1; each < stated.revision; each += 1) {
    const between = await readRevision(store, month, each)
    if (between === null) throw new Error(`${month} has revision ${stated.revision} and no revision ${each}`)
    adjustments.push(await readAdjustments(store, between, payers))
  }
  adjustments.push(await readAdjustments(store, stated, payers))
  const statements = await readStatements(store, recorded, payers)
  const told = await store.query(TOLD_SQL, toldShape, { month, revision, ...payers })
  return {
    revision,
    payerIds: new Set(told.map(each => each.payerId)),
    version: recorded.tariff.version,
    statements: new Map(statements.map(each => [each.clientId, each])),
    adjustments: Map.groupBy(adjustments.flat(), each => each.payerId),
  }
}
