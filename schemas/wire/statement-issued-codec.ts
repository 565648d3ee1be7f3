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

/** A statement as a record's value: Avro, single-object encoding. */
export function encodeStatementIssued(statement: StatementIssued): Buffer {
  return encodeSingleObject(statementIssuedV1, statement)
}

/** The statement in a record's value; null when it holds none of ours. */
export function decodeStatementIssued(value: Buffer | null): StatementIssued | null {
  const statement = readSingleObject(statementIssuedV1, statementIssuedShape, value)
  return statement !== null && statement.eventId === statementEventId(statement) ? statement : null
}
