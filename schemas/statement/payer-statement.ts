import { z } from 'zod'
import { forcedShape } from './month-close.ts'
import { decimalShape, notCountedShape, statementAdjustmentShape, statementShape } from './statement.ts'

/** What a payer receives for a month: its clients' statements as one document, as the store holds them for good. */
const text = z.string()

const clientStatementShape = statementShape
  .omit({ payerId: true, payerName: true, requestBytes: true, responseBytes: true, usage: true })
  .extend({
    bytes: decimalShape,
    /** What counted for nothing because of its status, by status class. */
    notCounted: z.array(notCountedShape).readonly(),
  })

const clientAdjustmentShape = statementAdjustmentShape.omit({
  payerId: true,
  payerName: true,
  occurrence: true,
})

/** What the figures rest on: with these and the log they can be worked out again. */
const proofShape = z.object({
  contentHash: text,
  /** ISO 8601, in UTC. */
  closedAt: text,
  stream: text,
  /** Offsets [firstOffset, nextOffset) of each partition were counted. */
  ranges: z
    .array(z.object({ partition: z.int(), firstOffset: decimalShape, nextOffset: decimalShape }))
    .readonly(),
  registryImportId: text,
  tariffHash: text,
  /** YYYY-MM. */
  tariffValidFrom: text,
  definitions: z.array(text).readonly(),
  /** Null when the month was complete. */
  forced: forcedShape.nullable(),
})

export const payerStatementShape = z.object({
  /** YYYY-MM. */
  month: text,
  revision: z.int(),
  isLatest: z.boolean(),
  currency: z.literal('NOK'),
  payerId: text,
  payerName: text,
  /** The sums of the clients' statements. */
  amountNok: decimalShape,
  payableNok: decimalShape,
  proposedNok: decimalShape,
  /** By name; none when every client of the revision before has another payer now. */
  clients: z.array(clientStatementShape).readonly(),
  /** Against the revision before. */
  adjustments: z.array(clientAdjustmentShape).readonly(),
  /** Their sum: what is to be paid more, or less, than by the revision before. */
  adjustmentsPayableNok: decimalShape,
  usage: z.object({
    timeZone: text,
    /** Every day of the month, as counted when this was read. */
    days: z.array(z.object({ day: text, requests: decimalShape, bytes: decimalShape })).readonly(),
    /** Counted after the statement was made, so that the days come to more; 0 as a rule. */
    requestsSince: decimalShape,
    bytesSince: decimalShape,
  }),
  proof: proofShape,
})

export type PayerStatement = Readonly<z.output<typeof payerStatementShape>>
export type ClientStatement = Readonly<z.output<typeof clientStatementShape>>
export type ClientAdjustment = Readonly<z.output<typeof clientAdjustmentShape>>
export type StatementProof = Readonly<z.output<typeof proofShape>>

/** One payer in a list of a month's statements. */
export const payerSummaryShape = z.object({
  payerId: text,
  payerName: text,
  clients: z.int(),
  amountNok: decimalShape,
  payableNok: decimalShape,
  proposedNok: decimalShape,
  adjustmentsPayableNok: decimalShape,
})
export type PayerSummary = Readonly<z.output<typeof payerSummaryShape>>
