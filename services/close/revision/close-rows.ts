import type { Statement } from '../rating/statement.ts'
import type { Adjustment } from './explain-difference.ts'
import type { MonthClose } from './record.ts'

/** What a close is known by; the first columns of all its rows. */
export type CloseKey = {
  readonly month: string
  readonly revision: number
  readonly close_id: string
}

export function toStatementRow(key: CloseKey, statement: Statement) {
  return {
    ...key,
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

export function toLineRows(key: CloseKey, { clientId, lines }: Statement) {
  return lines.map((line, index) => ({
    ...key,
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

export function toAdjustmentRow(key: CloseKey, adjustment: Adjustment) {
  return {
    ...key,
    client_id: adjustment.clientId,
    client_name: adjustment.clientName,
    payer_id: adjustment.payerId,
    payer_name: adjustment.payerName,
    item: adjustment.item,
    integration_id: adjustment.integrationId,
    occurrence: adjustment.occurrence,
    unit: adjustment.unit,
    quantity_before: adjustment.quantityBefore,
    quantity_after: adjustment.quantityAfter,
    status_before: adjustment.statusBefore ?? '',
    status_after: adjustment.statusAfter ?? '',
    amount_before_nok: adjustment.amountBeforeNok,
    amount_after_nok: adjustment.amountAfterNok,
    adjustment_nok: adjustment.adjustmentNok,
    payable_nok: adjustment.payableNok,
    causes: adjustment.causes.map(({ cause, detail, amountNok, payableNok }) => ({
      cause,
      detail,
      amount_nok: amountNok,
      payable_nok: payableNok,
    })),
  }
}

/** What a close rests on, as its row has it; all but when it was written. */
export function toCloseRow(key: Omit<CloseKey, 'close_id'>, close: MonthClose) {
  return {
    ...key,
    content_hash: close.contentHash,
    stream: close.stream,
    cut: close.cut.map(({ partition, nextOffset }) => ({ partition, next_offset: nextOffset })),
    registry_import_id: close.registryImportId,
    tariff_hash: close.tariff.hash,
    tariff_valid_from: close.tariff.version.validFrom,
    tariff: JSON.stringify(close.tariff.version),
    decisions: close.decisions.map(({ clientId, outcome }) => ({ client_id: clientId, outcome })),
    definitions: close.tariff.definitions,
    clients: close.summary.clients,
    statements: close.summary.statements,
    counted_requests: close.counted.requests,
    counted_bytes: close.counted.bytes,
    requests: close.summary.requests,
    bytes: close.summary.bytes,
    payable_nok: close.summary.payableNok,
    proposed_nok: close.summary.proposedNok,
    exceptions: JSON.stringify(close.exceptions),
    rejected: close.rejected.map(({ example: _, ...counts }) => counts),
    waivers: close.waivers,
    sources: close.sources.map(({ source, format, throughMs, missing, retired }) => ({
      source,
      format,
      through: throughMs === null ? null : new Date(throughMs).toISOString(),
      missing,
      retired_reason: retired?.reason ?? '',
    })),
    changes: close.changes.map(({ cause, detail, lines, amountNok, payableNok }) => ({
      cause,
      detail,
      lines,
      amount_nok: amountNok,
      payable_nok: payableNok,
    })),
    forced_reason: close.forced?.reason ?? '',
    forced_lacks: close.forced?.lacks ?? [],
  }
}
