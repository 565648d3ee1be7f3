import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import { sealOfClients } from '@forbruk/infra/store/seal/seal-of-clients.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type MonthCloseRow, monthClose } from '@forbruk/infra/store/tables/month-close.ts'
import { statement } from '@forbruk/infra/store/tables/statement.ts'
import { statementAdjustment } from '@forbruk/infra/store/tables/statement-adjustment.ts'
import { statementLine } from '@forbruk/infra/store/tables/statement-line.ts'
import { omit, toRow } from '@forbruk/infra/store/tables/table.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { MonthClose } from './month-close.ts'
import type { CloseKey } from './of-close.ts'
import { type Revision, readRevision } from './read-revision.ts'

export type RecordedClose = Pick<Revision, 'revision' | 'contentHash' | 'closedAtMs'>

/** How many of the close's rows are stored. */
type OnRecorded = (done: number, total: number) => void

/**
 * Records a close as the revision after `previous`, for good. The row of month_close is written last, once whoever
 * comes first, and only rows with its close_id are ever shown: whatever breaks off before leaves nothing to be seen.
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
  const values = toValues(close, revision)
  // By all that it rests on, so that no two closes write different rows under one id; a repeated one writes the same.
  const row = toRow(omit(monthClose, 'closeId', 'closedAtMs'), values)
  const closeId = hashContent({ row, previous: previous?.closeId ?? null })
  await insertRows(store, { month, revision, closeId }, close, onRecorded)
  await sealOfClients(store, closeId)
  const held = await putIfAbsent({
    store,
    table: monthClose,
    values: [{ ...values, closeId, closedAtMs }],
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
  const lines = statements.reduce((sum, each) => sum + each.lines.length, 0)
  const total = statements.length + lines + adjustments.length
  let done = 0
  const report = (count: number) => {
    done += count
    onRecorded(done, total)
  }
  // One by one: all rows of a large month at a time would be as much again in memory.
  const statementRows = eachRow(statements, each => [{ ...key, ...each }])
  const lineRows = eachRow(statements, ({ clientId, lines: ofClient }) =>
    ofClient.map((line, index) => ({ ...key, clientId, line: index + 1, ...line })),
  )
  const adjustmentRows = eachRow(adjustments, each => [{ ...key, ...each }])
  await insertValues(store, statement, statementRows, report)
  await insertValues(store, statementLine, lineRows, report)
  await insertValues(store, statementAdjustment, adjustmentRows, report)
}

function* eachRow<Value, Row>(
  values: readonly Value[],
  rowsOf: (value: Value) => readonly Row[],
): Iterable<Row> {
  for (const value of values) yield* rowsOf(value)
}

/** All that a close rests on: of its row everything but what it is known by, and when it was written. */
function toValues(close: MonthClose, revision: number): Omit<MonthCloseRow, 'closeId' | 'closedAtMs'> {
  const { tariff, summary, counted, sources, forced } = close
  return {
    month: close.month,
    revision,
    contentHash: close.contentHash,
    stream: close.stream,
    cut: close.cut,
    registryImportId: close.registryImportId,
    tariffHash: tariff.hash,
    tariffValidFrom: tariff.version.validFrom,
    tariff: tariff.version,
    decisions: close.decisions.map(({ clientId, outcome }) => ({ clientId, outcome })),
    decided: close.decisions,
    definitions: tariff.definitions,
    clients: summary.clients,
    statements: summary.statements,
    countedRequests: counted.requests,
    countedBytes: counted.bytes,
    requests: summary.requests,
    bytes: summary.bytes,
    payableNok: summary.payableNok,
    proposedNok: summary.proposedNok,
    exceptions: close.exceptions,
    rejected: close.rejected,
    waivers: close.waivers,
    ruled: close.ruled,
    sources: sources.map(each => ({ ...each, retiredReason: each.retired?.reason ?? null })),
    changes: close.changes,
    reconciled: close.reconciled,
    forcedReason: forced?.reason ?? null,
    forcedLacks: forced?.lacks ?? [],
    announce: close.announce,
  }
}
