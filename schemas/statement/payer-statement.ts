import { z } from 'zod'

/**
 * What a payer receives for a month: its clients' statements as one document, as the store holds them for good. Plain
 * JSON: counts, quantities and money are decimal text, exact and without exponent.
 */
const text = z.string()
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, { error: 'a decimal as text' })
const lineStatus = z.enum(['payable', 'proposed', 'waived'])

const lineShape = z.object({
  item: z.enum(['included', 'partner_tier', 'access_external', 'overage_requests', 'overage_transfer']),
  integrationId: text,
  detail: text,
  quantity: decimal,
  unit: z.enum(['request', 'MB', 'month']),
  unitPriceNok: decimal,
  amountNok: decimal,
  status: lineStatus,
})

const clientStatementShape = z.object({
  clientId: text,
  clientName: text,
  /** Empty without a partner. */
  partnerId: text,
  status: z.enum(['payable', 'proposed']),
  amountNok: decimal,
  payableNok: decimal,
  proposedNok: decimal,
  requests: decimal,
  bytes: decimal,
  meteredRequests: decimal,
  meteredBytes: decimal,
  lines: z.array(lineShape),
})

const adjustmentShape = z.object({
  clientId: text,
  clientName: text,
  item: lineShape.shape.item,
  integrationId: text,
  unit: lineShape.shape.unit,
  quantityBefore: decimal,
  quantityAfter: decimal,
  /** Null where there is no such line. */
  statusBefore: lineStatus.nullable(),
  statusAfter: lineStatus.nullable(),
  amountBeforeNok: decimal,
  amountAfterNok: decimal,
  adjustmentNok: decimal,
  /** What the payer owes more; negative: is owed. */
  payableNok: decimal,
  causes: z.array(z.object({ cause: text, detail: text, amountNok: decimal, payableNok: decimal })),
})

/** What the figures rest on: with these and the log they can be worked out again. */
export const proofShape = z.object({
  contentHash: text,
  /** ISO 8601, in UTC. */
  closedAt: text,
  stream: text,
  /** Offsets [firstOffset, nextOffset) of each partition were counted. */
  ranges: z.array(z.object({ partition: z.int(), firstOffset: decimal, nextOffset: decimal })),
  registryImportId: text,
  tariffHash: text,
  /** YYYY-MM. */
  tariffValidFrom: text,
  definitions: z.array(text),
  /** Why it was closed though incomplete, and what was lacking; null when it was complete. */
  forced: z.object({ reason: text, lacks: z.array(text) }).nullable(),
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
  amountNok: decimal,
  payableNok: decimal,
  proposedNok: decimal,
  /** By name; none when every client of the revision before has another payer now. */
  clients: z.array(clientStatementShape),
  /** Against the revision before. */
  adjustments: z.array(adjustmentShape),
  /** Their sum: what is to be paid more, or less, than by the revision before. */
  adjustmentsPayableNok: decimal,
  usage: z.object({
    timeZone: text,
    /** Every day of the month, as counted when this was read. */
    days: z.array(z.object({ day: text, requests: decimal, bytes: decimal })),
    /** Counted after the statement was made, so that the days come to more; 0 as a rule. */
    requestsSince: decimal,
    bytesSince: decimal,
  }),
  proof: proofShape,
})

export type PayerStatement = Readonly<z.output<typeof payerStatementShape>>
export type ClientStatement = Readonly<z.output<typeof clientStatementShape>>
export type StatementLine = Readonly<z.output<typeof lineShape>>
export type StatementAdjustment = Readonly<z.output<typeof adjustmentShape>>
export type StatementProof = Readonly<z.output<typeof proofShape>>

/** One payer in a list of a month's statements. */
export const payerSummaryShape = z.object({
  payerId: text,
  payerName: text,
  clients: z.int(),
  amountNok: decimal,
  payableNok: decimal,
  proposedNok: decimal,
  adjustmentsPayableNok: decimal,
})
export type PayerSummary = Readonly<z.output<typeof payerSummaryShape>>

/** One revision of a month. */
export const closedMonthShape = z.object({
  month: text,
  revision: z.int(),
  isLatest: z.boolean(),
  /** ISO 8601, in UTC. */
  closedAt: text,
  contentHash: text,
  statements: z.int(),
  payableNok: decimal,
  proposedNok: decimal,
  /** Null when it was complete. */
  forcedReason: text.nullable(),
})
export type ClosedMonth = Readonly<z.output<typeof closedMonthShape>>
