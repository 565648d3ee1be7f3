import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  decimalShape,
  STATEMENT_STATUSES,
  statementAdjustmentShape,
  statementLineShape,
} from './statement.ts'

const text = z.string()

/** What version 1 of the event has of a line: a further column of ours needs a version of its own there. */
const issuedLineShape = statementLineShape.pick({
  item: true,
  integrationId: true,
  detail: true,
  quantity: true,
  unit: true,
  unitPriceNok: true,
  amountNok: true,
  status: true,
})

const issuedAdjustmentShape = statementAdjustmentShape.pick({
  item: true,
  integrationId: true,
  unit: true,
  quantityBefore: true,
  quantityAfter: true,
  statusBefore: true,
  statusAfter: true,
  amountBeforeNok: true,
  amountAfterNok: true,
  adjustmentNok: true,
  payableNok: true,
  causes: true,
})

/**
 * A client's month as a revision has it, for its payer. Where the payer changed from one revision to the next, the one
 * before gets a `withdrawn` with what is taken back. Money, quantities and counts are decimal text.
 */
export const statementIssuedShape = z.object({
  /** The hash of the subject: whoever drops an event whose id it has seen has each once. */
  eventId: text,
  /** YYYY-MM in the tariff's time zone. */
  month: text,
  revision: z.int(),
  clientId: text,
  clientName: text,
  /** Also the record's key, so that a payer's events keep their order. */
  payerId: text,
  payerName: text,
  /** Null without a partner, and where withdrawn. */
  partnerId: text.nullable(),
  /** `withdrawn`: this payer has this client's statement no more, and all amounts are 0. */
  status: z.enum([...STATEMENT_STATUSES, 'withdrawn']),
  currency: z.literal('NOK'),
  /** What the revision comes to as a whole. */
  amountNok: decimalShape,
  payableNok: decimalShape,
  proposedNok: decimalShape,
  /** What is to be paid more than by the revision before, or less; 0 in a first one, which is to be paid whole. */
  adjustmentsPayableNok: decimalShape,
  requests: decimalShape,
  bytes: decimalShape,
  lines: z.array(issuedLineShape).readonly(),
  adjustments: z.array(issuedAdjustmentShape).readonly(),
  /** Of the whole revision. */
  contentHash: text,
  closedAtMs: z.int(),
  /** Null when the month was complete. */
  forcedReason: text.nullable(),
  /** Of the whole month: use that nobody is charged for until somebody looks into it; null where there is none. */
  notCharged: z.object({ exceptions: z.int(), requests: decimalShape, bytes: decimalShape }).nullable(),
})
export type StatementIssued = Readonly<z.output<typeof statementIssuedShape>>

/** What an event is about: there is one for each, sent once or more. */
type StatementSubject = Pick<StatementIssued, 'month' | 'revision' | 'clientId' | 'payerId'>

export function statementEventId({ month, revision, clientId, payerId }: StatementSubject): string {
  const subject = JSON.stringify(['statement_issued', month, revision, clientId, payerId])
  return createHash('sha256').update(subject).digest('hex')
}
