import type { Cut } from '@forbruk/infra/ledger/settled-usage.ts'
import { insertInChunks } from '@forbruk/infra/store/insert-in-chunks.ts'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { RejectedFacts, SourceFacts } from '../gate/gate.ts'
import type { Forced } from '../gate/pass-gate.ts'
import type { RatedMonth } from '../rating/statement.ts'
import type { CloseSummary } from '../rating/summarize.ts'
import type { Waiver } from '../rejected/read-rejected.ts'
import { type CloseKey, toAdjustmentRow, toCloseRow, toLineRows, toStatementRow } from './close-rows.ts'
import type { Adjustment } from './explain-difference.ts'
import type { Change } from './list-changes.ts'
import { type Revision, readRevision } from './read-revision.ts'

/** Everything a close says, before it is recorded. */
export type MonthClose = RatedMonth & {
  /** Of statements, exceptions, tariff and forced reason: not of when it was closed, nor of how far the stream was counted. */
  readonly contentHash: string
  readonly stream: string
  readonly cut: Cut
  readonly registryImportId: string
  readonly tariff: {
    readonly hash: string
    readonly version: TariffVersion
    readonly definitions: readonly string[]
  }
  readonly decisions: readonly { readonly clientId: string; readonly outcome: Outcome }[]
  /** In the whole month, whoever it is charged to, or nobody. */
  readonly counted: { readonly requests: string; readonly bytes: string }
  readonly summary: CloseSummary
  /** Rejected events that may belong to the month, and why some were let go. */
  readonly rejected: readonly RejectedFacts[]
  readonly waivers: readonly Waiver[]
  /** What the sources of the stream had said by then. */
  readonly sources: readonly SourceFacts[]
  readonly forced: Forced | null
  /** Against the revision before; none of both in a first one. */
  readonly adjustments: readonly Adjustment[]
  readonly changes: readonly Change[]
}

export type RecordedClose = Pick<Revision, 'revision' | 'contentHash' | 'closedAtMs'>

/** How many of the close's rows are stored. */
export type OnRecorded = (done: number, total: number) => void

/**
 * Records a close as the revision after `previous`, for good. The row of month_close is written last, once whoever comes
 * first, and only rows with its close_id are ever shown: whatever breaks off before leaves nothing to be seen.
 *
 * `overtaken`: another close with other content was recorded as that revision meanwhile, by inputs that may be newer.
 */
export async function recordClose(
  store: Store,
  close: MonthClose,
  previous: Revision | null,
  closedAtMs: number,
  onRecorded: OnRecorded,
): Promise<RecordedClose | 'overtaken'> {
  const { month } = close
  const revision = (previous?.revision ?? 0) + 1
  const row = toCloseRow({ month, revision }, close)
  // By all that it rests on, so that no two closes write different rows under one id; a repeated one writes the same.
  const closeId = hashContent({ row, previous: previous?.closeId ?? null })
  const key: CloseKey = { month, revision, close_id: closeId }
  await insertRows(store, key, close, onRecorded)
  const held = await putIfAbsent({
    store,
    table: 'month_close',
    row: { ...row, close_id: closeId, closed_at: new Date(closedAtMs).toISOString() },
    key: `${month}/r${revision}`,
    read: () => readRevision(store, month, revision),
  })
  return held.contentHash === close.contentHash ? held : 'overtaken'
}

async function insertRows(
  store: Store,
  key: CloseKey,
  { statements, adjustments }: MonthClose,
  onRecorded: OnRecorded,
): Promise<void> {
  const lines = statements.reduce((sum, statement) => sum + statement.lines.length, 0)
  const total = statements.length + lines + adjustments.length
  let done = 0
  const report = (count: number) => {
    done += count
    onRecorded(done, total)
  }
  // One by one: all rows of a large month at a time would be as much again in memory.
  const statementRows = eachRow(statements, statement => [toStatementRow(key, statement)])
  const lineRows = eachRow(statements, statement => toLineRows(key, statement))
  const adjustmentRows = eachRow(adjustments, adjustment => [toAdjustmentRow(key, adjustment)])
  await insertInChunks(store, 'statement', statementRows, report)
  await insertInChunks(store, 'statement_line', lineRows, report)
  await insertInChunks(store, 'statement_adjustment', adjustmentRows, report)
}

function* eachRow<Value, Row>(
  values: readonly Value[],
  rowsOf: (value: Value) => readonly Row[],
): Iterable<Row> {
  for (const value of values) yield* rowsOf(value)
}
