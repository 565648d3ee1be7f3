import type { Cut } from '@forbruk/infra/ledger/settled-usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import { OUTCOMES } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { type TariffVersion, tariffVersionShape } from '@forbruk/schemas/tariff/read-tariff.ts'
import { z } from 'zod'
import type { Decisions } from '../rating/rate.ts'
import type { StatementLine } from '../rating/statement.ts'
import { lineColumns } from '../statements/stored-line.ts'
import type { ComparedStatement } from './explain-difference.ts'

/** A revision as it was recorded: what it says of itself, and what it was rated with. */
export type Revision = {
  readonly month: string
  readonly revision: number
  readonly closeId: string
  readonly contentHash: string
  readonly closedAtMs: number
  readonly cut: Cut
  readonly registryImportId: string
  readonly tariff: { readonly hash: string; readonly version: TariffVersion }
  readonly decisions: Decisions
  /** In the whole month, whoever it is charged to, or nobody. */
  readonly countedRequests: string
  readonly countedBytes: string
  readonly forcedReason: string
}

const revisionShape: z.ZodType<Revision> = z
  .object({
    month: z.string(),
    revision: storedCount,
    close_id: z.string(),
    content_hash: z.string(),
    closed_at_ms: storedCount,
    cut: z.array(z.object({ partition: storedCount, next_offset: storedCount })),
    registry_import_id: z.string(),
    tariff_hash: z.string(),
    tariff: z.string(),
    decisions: z.array(z.object({ client_id: z.string(), outcome: z.enum(OUTCOMES) })),
    counted_requests: z.string(),
    counted_bytes: z.string(),
    forced_reason: z.string(),
  })
  .transform(row => ({
    month: row.month,
    revision: row.revision,
    closeId: row.close_id,
    contentHash: row.content_hash,
    closedAtMs: row.closed_at_ms,
    cut: row.cut.map(({ partition, next_offset }) => ({ partition, nextOffset: next_offset })),
    registryImportId: row.registry_import_id,
    tariff: { hash: row.tariff_hash, version: tariffVersionShape.parse(JSON.parse(row.tariff)) },
    decisions: new Map(row.decisions.map(({ client_id, outcome }) => [client_id, outcome])),
    countedRequests: row.counted_requests,
    countedBytes: row.counted_bytes,
    forcedReason: row.forced_reason,
  }))

const REVISION_SQL = `
SELECT
    month, revision, close_id, content_hash, toUnixTimestamp64Milli(closed_at) AS closed_at_ms, cut,
    registry_import_id, tariff_hash, tariff, decisions, counted_requests, counted_bytes, forced_reason
FROM month_closes`

/** The newest revision of a month; null while it is open. */
export async function readLatestRevision(store: Store, month: string): Promise<Revision | null> {
  const sql = `${REVISION_SQL} WHERE month = {month:String} ORDER BY revision DESC LIMIT 1`
  const [row] = await store.query(sql, revisionShape, { month })
  return row ?? null
}

/** Who holds a revision of a month; null when nobody does. */
export async function readRevision(store: Store, month: string, revision: number): Promise<Revision | null> {
  const sql = `${REVISION_SQL} WHERE month = {month:String} AND revision = {revision:UInt32}`
  const [row] = await store.query(sql, revisionShape, { month, revision })
  return row ?? null
}

const statementShape = z.object({
  client_id: z.string(),
  client_name: z.string(),
  payer_id: z.string(),
  payer_name: z.string(),
  requests: z.string(),
  request_bytes: z.string(),
  response_bytes: z.string(),
  metered_requests: z.string(),
  metered_bytes: z.string(),
  usage: z.array(z.object({ integration_id: z.string(), requests: z.string() })),
})

const lineShape = z.object(lineColumns)

const OF_CLOSE = `month = {month:String} AND revision = {revision:UInt32} AND close_id = {close_id:String}`

/** The statements of a revision, by client. */
export async function readStatements(
  store: Store,
  { month, revision, closeId }: Revision,
): Promise<ComparedStatement[]> {
  const params = { month, revision, close_id: closeId }
  const statements = await store.query(
    `SELECT
        client_id, client_name, payer_id, payer_name, requests, request_bytes, response_bytes, metered_requests,
        metered_bytes, usage
     FROM statement FINAL WHERE ${OF_CLOSE} ORDER BY client_id`,
    statementShape,
    params,
  )
  const lines = await store.query(
    `SELECT client_id, item, integration_id, detail, quantity, unit, unit_price_nok, amount_nok, status
     FROM statement_line FINAL WHERE ${OF_CLOSE} ORDER BY client_id, line`,
    lineShape,
    params,
  )
  const linesByClient = Map.groupBy(lines, line => line.client_id)
  return statements.map(row => ({
    clientId: row.client_id,
    clientName: row.client_name,
    payerId: row.payer_id,
    payerName: row.payer_name,
    requests: row.requests,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    meteredRequests: row.metered_requests,
    meteredBytes: row.metered_bytes,
    usage: row.usage.map(use => ({ integrationId: use.integration_id, requests: use.requests })),
    lines: (linesByClient.get(row.client_id) ?? []).map(toLine),
  }))
}

function toLine(row: z.output<typeof lineShape>): StatementLine {
  return {
    item: row.item,
    integrationId: row.integration_id,
    detail: row.detail,
    quantity: row.quantity,
    unit: row.unit,
    unitPriceNok: row.unit_price_nok,
    amountNok: row.amount_nok,
    status: row.status,
  }
}
