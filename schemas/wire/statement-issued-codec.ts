import {
  type StatementIssued,
  statementEventId,
  statementIssuedShape,
} from '../statement/statement-issued.ts'
import { encodeSingleObject, loadWireType, readSingleObject } from './single-object.ts'

/** On the wire money has no currency in its name: the event says which it is. */
const names = {
  amount: 'amountNok',
  payable: 'payableNok',
  proposed: 'proposedNok',
  unit_price: 'unitPriceNok',
  amount_before: 'amountBeforeNok',
  amount_after: 'amountAfterNok',
  adjustment: 'adjustmentNok',
  adjustment_payable: 'adjustmentsPayableNok',
}
const statementIssuedV1 = loadWireType('statement-issued.v1.avsc', { names })
const statementIssuedV2 = loadWireType('statement-issued.v2.avsc', { names })

/** It did not say what is charged to nobody. */
const shapeV1 = statementIssuedShape
  .omit({ notCharged: true })
  .transform((statement): StatementIssued => ({ ...statement, notCharged: null }))

/** A statement as a record's value: Avro, single-object encoding. */
export function encodeStatementIssued(statement: StatementIssued): Buffer {
  return encodeSingleObject(statementIssuedV2, statement)
}

/** The statement in a record's value, of whichever version; null when it holds none of ours. */
export function decodeStatementIssued(value: Buffer | null): StatementIssued | null {
  const statement =
    readSingleObject(statementIssuedV2, statementIssuedShape, value) ??
    readSingleObject(statementIssuedV1, shapeV1, value)
  return statement !== null && statement.eventId === statementEventId(statement) ? statement : null
}
