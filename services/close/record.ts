import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { insertInChunks } from './insert-in-chunks.ts'
import type { RejectedCount } from './read-rejected.ts'
import type { Cut } from './read-usage.ts'
import { CloseRefusedError } from './refusal.ts'
import type { RatedMonth } from './statement.ts'
import { storedCount } from './stored-number.ts'
import type { CloseSummary } from './summarize.ts'

/** Everything a close says, before it is recorded. */
export type MonthClose = RatedMonth & {
  /** Of statements, exceptions and tariff: not of when it was closed, nor of how far the stream was counted by then. */
  readonly contentHash: string
  readonly stream: string
  readonly cut: Cut
  readonly registryImportId: string
  readonly tariff: {
    readonly hash: string
    readonly validFrom: string
    readonly definitions: readonly string[]
  }
  readonly summary: CloseSummary
  readonly rejected: readonly RejectedCount[]
  readonly forced: { readonly reason: string; readonly lacks: readonly string[] } | null
}

export type RecordedClose = {
  readonly revision: number
  readonly contentHash: string
  readonly closedAtMs: number
}

const FIRST_REVISION = 1

/**
 * Records a close as revision 1, for good. Closing again with the same content changes nothing; other content is
 * refused (CloseRefusedError). The row of month_close is written last, and only rows with its hash are ever shown: whatever
 * breaks off before leaves nothing to be seen, and doing it again completes it.
 */
export async function recordClose(
  store: Store,
  close: MonthClose,
  closedAtMs: number,
): Promise<RecordedClose & { readonly outcome: 'closed' | 'unchanged' }> {
  const recorded = await readRecordedClose(store, close.month)
  if (recorded !== null) return { outcome: 'unchanged', ...confirmSame(close, recorded) }

  await insertInChunks(
    store,
    'statement',
    close.statements.map(statement => toStatementRow(close, statement)),
  )
  await insertInChunks(
    store,
    'statement_line',
    close.statements.flatMap(statement => toLineRows(close, statement)),
  )
  await store.insert('month_close', [toCloseRow(close, closedAtMs)])
  // Two closes at once may both come this far: the one that holds is told by the store.
  const held = await readRecordedClose(store, close.month)
  if (held === null)
    throw new Error(`the close of ${close.month} was stored, but can't be read; close it again`)
  return { outcome: 'closed', ...confirmSame(close, held) }
}

/** The newest revision of a month; null while it is open. */
export async function readRecordedClose(store: Store, month: string): Promise<RecordedClose | null> {
  const sql = `
SELECT revision, content_hash, toUnixTimestamp64Milli(closed_at) AS closed_at_ms
FROM month_closes
WHERE month = {month:String}
ORDER BY revision DESC
LIMIT 1`
  const [row] = await store.query(sql, recordedShape, { month })
  return row ?? null
}

const recordedShape: z.ZodType<RecordedClose> = z
  .object({ revision: storedCount, content_hash: z.string(), closed_at_ms: storedCount })
  .transform(row => ({ revision: row.revision, contentHash: row.content_hash, closedAtMs: row.closed_at_ms }))

function confirmSame(close: MonthClose, recorded: RecordedClose): RecordedClose {
  const { revision, contentHash: recordedHash } = recorded
  if (recordedHash === close.contentHash) return recorded
  const { month, contentHash } = close
  throw new CloseRefusedError(month, [{ kind: 'closed_otherwise', revision, recordedHash, contentHash }])
}

function toKey({ month, contentHash }: MonthClose) {
  return { month, revision: FIRST_REVISION, content_hash: contentHash }
}

function toStatementRow(close: MonthClose, statement: MonthClose['statements'][number]) {
  return {
    ...toKey(close),
    client_id: statement.clientId,
    client_name: statement.clientName,
    partner_id: statement.partnerId ?? '',
    payer_id: statement.payerId,
    payer_name: statement.payerName,
    status: statement.status,
    amount_nok: statement.amountNok,
    payable_nok: statement.payableNok,
    proposed_nok: statement.proposedNok,
    requests: statement.requests,
    request_bytes: statement.requestBytes,
    response_bytes: statement.responseBytes,
    metered_requests: statement.meteredRequests,
    metered_bytes: statement.meteredBytes,
    usage: statement.usage.map(use => ({
      integration_id: use.integrationId,
      kind: use.kind,
      requests: use.requests,
      request_bytes: use.requestBytes,
      response_bytes: use.responseBytes,
      metered_requests: use.meteredRequests,
      metered_bytes: use.meteredBytes,
    })),
  }
}

function toLineRows(close: MonthClose, { clientId, lines }: MonthClose['statements'][number]) {
  return lines.map((line, index) => ({
    ...toKey(close),
    client_id: clientId,
    line: index + 1,
    item: line.item,
    integration_id: line.integrationId,
    detail: line.detail,
    quantity: line.quantity,
    unit: line.unit,
    unit_price_nok: line.unitPriceNok,
    amount_nok: line.amountNok,
    status: line.status,
  }))
}

function toCloseRow(close: MonthClose, closedAtMs: number) {
  return {
    ...toKey(close),
    closed_at: new Date(closedAtMs).toISOString(),
    stream: close.stream,
    cut: close.cut.map(({ partition, nextOffset }) => ({ partition, next_offset: nextOffset })),
    registry_import_id: close.registryImportId,
    tariff_hash: close.tariff.hash,
    tariff_valid_from: close.tariff.validFrom,
    definitions: close.tariff.definitions,
    clients: close.summary.clients,
    statements: close.summary.statements,
    requests: close.summary.requests,
    bytes: close.summary.bytes,
    payable_nok: close.summary.payableNok,
    proposed_nok: close.summary.proposedNok,
    exceptions: JSON.stringify(close.exceptions),
    rejected: close.rejected,
    forced_reason: close.forced?.reason ?? '',
    forced_lacks: close.forced?.lacks ?? [],
  }
}
