import { bytesOf, type Statement, type StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import { type StatementIssued, statementEventId } from '@forbruk/schemas/statement/statement-issued.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import type { StatedRevision } from './find-revision.ts'

/** Pure: one event for each client and payer that has a statement, or has something adjusted. */
export function toStatementEvents(
  { month, revision, proof }: StatedRevision,
  statements: readonly Statement[],
  adjustments: readonly StatementAdjustment[],
  notCharged: StatementIssued['notCharged'],
): StatementIssued[] {
  const keyOf = ({ payerId, clientId }: Owner) => JSON.stringify([payerId, clientId])
  const adjusted = Map.groupBy(adjustments, keyOf)
  const known = new Set(statements.map(keyOf))
  const issue = (owner: Owner, said: Said): StatementIssued => {
    const { clientId, clientName, payerId, payerName } = owner
    const ofOwner = adjusted.get(keyOf(owner)) ?? []
    return {
      eventId: statementEventId({ month, revision, clientId, payerId }),
      month,
      revision,
      clientId,
      clientName,
      payerId,
      payerName,
      ...said,
      currency: 'NOK',
      adjustments: ofOwner,
      adjustmentsPayableNok: sumAmounts(ofOwner.map(each => each.payableNok)),
      contentHash: proof.contentHash,
      closedAtMs: Date.parse(proof.closedAt),
      forcedReason: proof.forced?.reason ?? null,
      notCharged,
    }
  }
  const withdrawn = [...adjusted.values()].flatMap(([first]) =>
    first === undefined || known.has(keyOf(first)) ? [] : [issue(first, WITHDRAWN)],
  )
  return [...statements.map(each => issue(each, { ...each, bytes: `${bytesOf(each)}` })), ...withdrawn]
}

type Owner = Pick<Statement, 'clientId' | 'clientName' | 'payerId' | 'payerName'>
type Said = Pick<
  StatementIssued,
  'partnerId' | 'status' | 'amountNok' | 'payableNok' | 'proposedNok' | 'requests' | 'bytes' | 'lines'
>

const WITHDRAWN: Said = {
  partnerId: null,
  status: 'withdrawn',
  amountNok: '0.00',
  payableNok: '0.00',
  proposedNok: '0.00',
  requests: '0',
  bytes: '0',
  lines: [],
}
