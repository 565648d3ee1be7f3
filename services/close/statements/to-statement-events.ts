import type { StatementAdjustment } from '@forbruk/schemas/statement/payer-statement.ts'
import { type StatementIssued, statementEventId } from '@forbruk/schemas/statement/statement-issued.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import type { StatedRevision } from './find-revision.ts'
import type { PayerRows } from './read-payer-rows.ts'

/** Pure: one event for each client and payer that has a statement, or has something adjusted. */
export function toStatementEvents(
  { month, revision, proof }: StatedRevision,
  { statements, adjustments }: PayerRows,
): StatementIssued[] {
  const keyOf = (payerId: string, clientId: string) => JSON.stringify([payerId, clientId])
  const adjusted = Map.groupBy(adjustments, each => keyOf(each.payerId, each.adjustment.clientId))
  const known = new Set(statements.map(each => keyOf(each.payerId, each.statement.clientId)))
  const common = {
    month,
    revision,
    currency: 'NOK',
    contentHash: proof.contentHash,
    closedAtMs: Date.parse(proof.closedAt),
    forcedReason: proof.forced?.reason ?? null,
  }
  const issued = statements.map(({ payerId, payerName, statement }) => {
    const { clientId, clientName, partnerId, status, requests, bytes, lines } = statement
    return {
      ...common,
      eventId: statementEventId({ month, revision, clientId, payerId }),
      clientId,
      clientName,
      payerId,
      payerName,
      partnerId: partnerId === '' ? null : partnerId,
      status,
      amount: statement.amountNok,
      payable: statement.payableNok,
      proposed: statement.proposedNok,
      requests,
      bytes,
      lines,
      ...adjustmentsOf(adjusted.get(keyOf(payerId, clientId))),
    }
  })
  const withdrawn = [...adjusted].flatMap(([key, rows]) => {
    const [first] = rows
    if (first === undefined || known.has(key)) return []
    const { payerId, payerName, adjustment } = first
    const { clientId, clientName } = adjustment
    return {
      ...common,
      eventId: statementEventId({ month, revision, clientId, payerId }),
      clientId,
      clientName,
      payerId,
      payerName,
      partnerId: null,
      status: 'withdrawn' as const,
      amount: '0.00',
      payable: '0.00',
      proposed: '0.00',
      requests: '0',
      bytes: '0',
      lines: [],
      ...adjustmentsOf(rows),
    }
  })
  return [...issued, ...withdrawn]
}

function adjustmentsOf(rows: readonly { readonly adjustment: StatementAdjustment }[] = []) {
  const adjustments = rows.map(each => each.adjustment)
  return { adjustments, adjustmentPayable: sumAmounts(adjustments.map(each => each.payableNok)) }
}
