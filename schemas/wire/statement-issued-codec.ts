import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { z } from 'zod'
import { payerStatementShape } from '../statement/payer-statement.ts'
import { type StatementIssued, statementEventId } from '../statement/statement-issued.ts'
import { fingerprintOf } from './fingerprint.ts'

const schema: unknown = JSON.parse(readFileSync(new URL('statement-issued.v1.avsc', import.meta.url), 'utf8'))
// As avsc's types have no word for a schema that was read from a file.
const type = avro.Type.forSchema(schema as avro.Schema, { wrapUnions: true })

/** Of single-object encoding: two marker bytes and the schema's CRC-64-AVRO fingerprint, little-endian. */
const header = Buffer.alloc(10)
header.writeUInt16BE(0xc301, 0)
header.writeBigUInt64LE(fingerprintOf(JSON.stringify(type.schema())), 2)

/** A statement as a record's value: Avro, single-object encoding. */
export function encodeStatementIssued(statement: StatementIssued): Buffer {
  const value = type.toBuffer({
    event_id: statement.eventId,
    month: statement.month,
    revision: statement.revision,
    client_id: statement.clientId,
    client_name: statement.clientName,
    payer_id: statement.payerId,
    payer_name: statement.payerName,
    partner_id: wrapText(statement.partnerId),
    status: statement.status,
    currency: statement.currency,
    amount: statement.amount,
    payable: statement.payable,
    proposed: statement.proposed,
    adjustment_payable: statement.adjustmentPayable,
    requests: statement.requests,
    bytes: statement.bytes,
    lines: statement.lines.map(line => ({
      item: line.item,
      integration_id: line.integrationId,
      detail: line.detail,
      quantity: line.quantity,
      unit: line.unit,
      unit_price: line.unitPriceNok,
      amount: line.amountNok,
      status: line.status,
    })),
    adjustments: statement.adjustments.map(each => ({
      item: each.item,
      integration_id: each.integrationId,
      unit: each.unit,
      quantity_before: each.quantityBefore,
      quantity_after: each.quantityAfter,
      status_before: wrapStatus(each.statusBefore),
      status_after: wrapStatus(each.statusAfter),
      amount_before: each.amountBeforeNok,
      amount_after: each.amountAfterNok,
      adjustment: each.adjustmentNok,
      payable: each.payableNok,
      causes: each.causes.map(({ cause, detail, amountNok, payableNok }) => ({
        cause,
        detail,
        amount: amountNok,
        payable: payableNok,
      })),
    })),
    content_hash: statement.contentHash,
    closed_at: statement.closedAtMs,
    forced_reason: wrapText(statement.forcedReason),
  })
  return Buffer.concat([header, value])
}

/** The statement in a record's value; null when it holds none of ours. */
export function decodeStatementIssued(value: Buffer | null): StatementIssued | null {
  if (value === null || value.length <= 10 || value.compare(header, 0, 10, 0, 10) !== 0) return null
  try {
    const statement = wireShape.parse(type.fromBuffer(value.subarray(10)))
    return statement.eventId === statementEventId(statement) ? statement : null
  } catch {
    return null
  }
}

const wrapText = (text: string | null) => (text === null ? null : { string: text })
const wrapStatus = (status: string | null) => (status === null ? null : { 'no.forbruk.LineStatus': status })

const text = z.string()
const wrappedText = z
  .object({ string: text })
  .nullable()
  .transform(wrapped => wrapped?.string ?? null)
const line = payerStatementShape.shape.clients.element.shape.lines.element.shape
const wrappedStatus = z
  .object({ 'no.forbruk.LineStatus': line.status })
  .nullable()
  .transform(wrapped => wrapped?.['no.forbruk.LineStatus'] ?? null)

const lineShape = z
  .object({
    item: line.item,
    integration_id: text,
    detail: text,
    quantity: text,
    unit: line.unit,
    unit_price: text,
    amount: text,
    status: line.status,
  })
  .transform(wire => ({
    item: wire.item,
    integrationId: wire.integration_id,
    detail: wire.detail,
    quantity: wire.quantity,
    unit: wire.unit,
    unitPriceNok: wire.unit_price,
    amountNok: wire.amount,
    status: wire.status,
  }))

const adjustmentShape = z
  .object({
    item: line.item,
    integration_id: text,
    unit: line.unit,
    quantity_before: text,
    quantity_after: text,
    status_before: wrappedStatus,
    status_after: wrappedStatus,
    amount_before: text,
    amount_after: text,
    adjustment: text,
    payable: text,
    causes: z.array(z.object({ cause: text, detail: text, amount: text, payable: text })),
  })
  .transform(wire => ({
    item: wire.item,
    integrationId: wire.integration_id,
    unit: wire.unit,
    quantityBefore: wire.quantity_before,
    quantityAfter: wire.quantity_after,
    statusBefore: wire.status_before,
    statusAfter: wire.status_after,
    amountBeforeNok: wire.amount_before,
    amountAfterNok: wire.amount_after,
    adjustmentNok: wire.adjustment,
    payableNok: wire.payable,
    causes: wire.causes.map(({ cause, detail, amount, payable }) => ({
      cause,
      detail,
      amountNok: amount,
      payableNok: payable,
    })),
  }))

const wireShape = z
  .object({
    event_id: text,
    month: text,
    revision: z.int(),
    client_id: text,
    client_name: text,
    payer_id: text,
    payer_name: text,
    partner_id: wrappedText,
    status: z.enum(['payable', 'proposed', 'withdrawn']),
    currency: text,
    amount: text,
    payable: text,
    proposed: text,
    adjustment_payable: text,
    requests: text,
    bytes: text,
    lines: z.array(lineShape),
    adjustments: z.array(adjustmentShape),
    content_hash: text,
    closed_at: z.int(),
    forced_reason: wrappedText,
  })
  .transform(wire => ({
    eventId: wire.event_id,
    month: wire.month,
    revision: wire.revision,
    clientId: wire.client_id,
    clientName: wire.client_name,
    payerId: wire.payer_id,
    payerName: wire.payer_name,
    partnerId: wire.partner_id,
    status: wire.status,
    currency: wire.currency,
    amount: wire.amount,
    payable: wire.payable,
    proposed: wire.proposed,
    adjustmentPayable: wire.adjustment_payable,
    requests: wire.requests,
    bytes: wire.bytes,
    lines: wire.lines,
    adjustments: wire.adjustments.map(each => ({
      clientId: wire.client_id,
      clientName: wire.client_name,
      ...each,
    })),
    contentHash: wire.content_hash,
    closedAtMs: wire.closed_at,
    forcedReason: wire.forced_reason,
  }))
