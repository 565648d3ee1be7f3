import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { STATEMENT_STATUSES, USAGE_KINDS } from '@forbruk/schemas/statement/statement.ts'
import { countText, enumOf, listOf, money, text, textOrNull } from './codec.ts'
import { closeKey } from './month-close.ts'
import { declareTable, tuple } from './table.ts'

const used = {
  requests: countText,
  requestBytes: countText,
  responseBytes: countText,
  meteredRequests: countText,
  meteredBytes: countText,
}

const notCounted = tuple({ statusClass: enumOf(STATUS_CLASSES), requests: countText, bytes: countText })

/** What one client's month came to, without its lines: migrations 030, 107. */
export const statement = declareTable('statement', {
  ...closeKey,
  clientId: text,
  clientName: text,
  partnerId: textOrNull,
  payerId: text,
  payerName: text,
  status: enumOf(STATEMENT_STATUSES),
  amountNok: money,
  payableNok: money,
  proposedNok: money,
  ...used,
  usage: listOf(
    tuple({ integrationId: text, kind: enumOf(USAGE_KINDS), ...used, notCounted: listOf(notCounted) }),
  ),
})
