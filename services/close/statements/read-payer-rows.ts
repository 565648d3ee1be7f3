import type { Store } from '@forbruk/infra/store/store.ts'
import type { ClientStatement, StatementAdjustment } from '@forbruk/schemas/statement/payer-statement.ts'
import { z } from 'zod'
import { LINE_ITEMS, LINE_STATUSES, LINE_UNITS } from '../rating/statement.ts'
import { type StatedRevision, twoDecimals } from './find-revision.ts'
import { lineColumns } from './stored-line.ts'

type OfPayer = { readonly payerId: string; readonly payerName: string }

/** Payers by id, both ends included: however many they are, the question stays short. */
export type PayerRange = { readonly first: string; readonly last: string }

export type PayerRows = {
  readonly statements: readonly (OfPayer & { readonly statement: ClientStatement })[]
  readonly adjustments: readonly (OfPayer & { readonly adjustment: StatementAdjustment })[]
}

const lineShape = z.object(lineColumns).transform(row => ({
  clientId: row.client_id,
  line: {
    item: row.item,
    integrationId: row.integration_id,
    detail: row.detail,
    quantity: row.quantity,
    unit: row.unit,
    unitPriceNok: row.unit_price_nok,
    amountNok: twoDecimals(row.amount_nok),
    status: row.status,
  },
}))

const statementShape = z.object({
  client_id: z.string(),
  client_name: z.string(),
  partner_id: z.string(),
  payer_id: z.string(),
  payer_name: z.string(),
  status: z.enum(['payable', 'proposed']),
  amount_nok: z.string(),
  payable_nok: z.string(),
  proposed_nok: z.string(),
  requests: z.string(),
  bytes: z.string(),
  metered_requests: z.string(),
  metered_bytes: z.string(),
})

const lineStatusOrNone = z.enum([...LINE_STATUSES, '']).transform(status => (status === '' ? null : status))

const adjustmentShape = z
  .object({
    client_id: z.string(),
    client_name: z.string(),
    payer_id: z.string(),
    payer_name: z.string(),
    item: z.enum(LINE_ITEMS),
    integration_id: z.string(),
    unit: z.enum(LINE_UNITS),
    quantity_before: z.string(),
    quantity_after: z.string(),
    status_before: lineStatusOrNone,
    status_after: lineStatusOrNone,
    amount_before_nok: z.string(),
    amount_after_nok: z.string(),
    adjustment_nok: z.string(),
    payable_nok: z.string(),
    causes: z.array(
      z.object({ cause: z.string(), detail: z.string(), amount_nok: z.string(), payable_nok: z.string() }),
    ),
  })
  .transform(row => ({
    payerId: row.payer_id,
    payerName: row.payer_name,
    adjustment: {
      clientId: row.client_id,
      clientName: row.client_name,
      item: row.item,
      integrationId: row.integration_id,
      unit: row.unit,
      quantityBefore: row.quantity_before,
      quantityAfter: row.quantity_after,
      statusBefore: row.status_before,
      statusAfter: row.status_after,
      amountBeforeNok: twoDecimals(row.amount_before_nok),
      amountAfterNok: twoDecimals(row.amount_after_nok),
      adjustmentNok: twoDecimals(row.adjustment_nok),
      payableNok: twoDecimals(row.payable_nok),
      causes: row.causes.map(each => ({
        cause: each.cause,
        detail: each.detail,
        amountNok: twoDecimals(each.amount_nok),
        payableNok: twoDecimals(each.payable_nok),
      })),
    },
  }))

const OF_CLOSE = 'month = {month:String} AND revision = {revision:UInt32} AND close_id = {close_id:String}'
const OF_PAYERS = `${OF_CLOSE} AND payer_id >= {first_payer:String} AND payer_id <= {last_payer:String}`

const STATEMENTS_SQL = `
SELECT
    client_id, client_name, partner_id, payer_id, payer_name, status, amount_nok, payable_nok, proposed_nok, requests,
    request_bytes + response_bytes AS bytes, metered_requests, metered_bytes
FROM statement FINAL WHERE ${OF_PAYERS} ORDER BY client_id`

const LINES_SQL = `
SELECT client_id, item, integration_id, detail, quantity, unit, unit_price_nok, amount_nok, status
FROM statement_line FINAL
WHERE ${OF_CLOSE} AND client_id IN (SELECT client_id FROM statement WHERE ${OF_PAYERS})
ORDER BY client_id, line`

const ADJUSTMENTS_SQL = `
SELECT
    client_id, client_name, payer_id, payer_name, item, integration_id, unit, quantity_before, quantity_after,
    status_before, status_after, amount_before_nok, amount_after_nok, adjustment_nok, payable_nok, causes
FROM statement_adjustment FINAL WHERE ${OF_PAYERS} ORDER BY client_id, item, integration_id, occurrence`

/** What the store holds of neighbouring payers in a revision. */
export async function readPayerRows(
  store: Store,
  { month, revision, closeId }: StatedRevision,
  { first, last }: PayerRange,
): Promise<PayerRows> {
  const params = { month, revision, close_id: closeId, first_payer: first, last_payer: last }
  const statements = await store.query(STATEMENTS_SQL, statementShape, params)
  const lines = Map.groupBy(await store.query(LINES_SQL, lineShape, params), each => each.clientId)
  const adjustments = await store.query(ADJUSTMENTS_SQL, adjustmentShape, params)
  return {
    statements: statements.map(row => ({
      payerId: row.payer_id,
      payerName: row.payer_name,
      statement: {
        clientId: row.client_id,
        clientName: row.client_name,
        partnerId: row.partner_id,
        status: row.status,
        amountNok: twoDecimals(row.amount_nok),
        payableNok: twoDecimals(row.payable_nok),
        proposedNok: twoDecimals(row.proposed_nok),
        requests: row.requests,
        bytes: row.bytes,
        meteredRequests: row.metered_requests,
        meteredBytes: row.metered_bytes,
        lines: (lines.get(row.client_id) ?? []).map(each => each.line),
      },
    })),
    adjustments,
  }
}
