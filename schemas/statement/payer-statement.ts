import { z } from 'zod'
import { tariffVersionShape } from '../tariff/tariff-shape.ts'
import {
  CAUSES,
  decimalShape,
  notCountedShape,
  statementAdjustmentShape,
  statementLineShape,
  statementShape,
  statementUsageShape,
} from './statement.ts'

/**
 * What a payer receives for a month: its clients' statements as one document, as the store holds them for good. It says
 * nothing of other payers, nor of the log: the provider's proof of the month has that.
 */
const text = z.string()

const clientNameShape = z.object({ clientId: text, clientName: text })

/** What a line is about, as data: pages and invoices make their texts of it, in their language. */
const lineTermsShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('included'), integrationName: text }),
  /** The partner's clients that were counted; by name. */
  z.object({
    kind: z.literal('partner_tier'),
    tier: text,
    clients: z.array(clientNameShape).readonly(),
  }),
  z.object({ kind: z.literal('access_external') }),
  /** `regularNok` is quantity by price where another amount was agreed on; else null. */
  z.object({
    kind: z.literal('overage_requests'),
    included: decimalShape,
    regularNok: decimalShape.nullable(),
  }),
  z.object({
    kind: z.literal('overage_transfer'),
    includedGigabytes: decimalShape,
    regularNok: decimalShape.nullable(),
  }),
])
export type LineTerms = Readonly<z.output<typeof lineTermsShape>>

const clientLineShape = statementLineShape.extend({ terms: lineTermsShape })
export type ClientLine = Readonly<z.output<typeof clientLineShape>>

const clientUsageShape = statementUsageShape.extend({
  /** As the registry had it; null where it doesn't know the integration, or none was named. */
  integrationName: text.nullable(),
})

const clientStatementShape = statementShape
  .omit({ payerId: true, payerName: true, requestBytes: true, responseBytes: true })
  .extend({
    bytes: decimalShape,
    /** What counted for nothing because of its status, by status class. */
    notCounted: z.array(notCountedShape).readonly(),
    /** Of the dialogue over this month's overage; null where there is none. */
    caseId: text.nullable(),
    usage: z.array(clientUsageShape).readonly(),
    lines: z.array(clientLineShape).readonly(),
  })

const clientAdjustmentShape = statementAdjustmentShape.omit({
  payerId: true,
  payerName: true,
  occurrence: true,
})

/** What of a price list changed, in its own units. */
const PRICE_TERMS = [
  'access_price',
  'tier_price',
  'request_price',
  'megabyte_price',
  'included_requests',
  'included_gigabytes',
] as const
const priceChangeShape = z.object({
  term: z.enum(PRICE_TERMS),
  before: decimalShape,
  after: decimalShape,
})
export type PriceChange = Readonly<z.output<typeof priceChangeShape>>

/** What changed of a line since what was announced. */
const differenceLineShape = clientAdjustmentShape.omit({ causes: true }).extend({
  /** Their parts add up to the adjustment. */
  causes: z
    .array(z.object({ cause: z.enum(CAUSES), amountNok: decimalShape, payableNok: decimalShape }))
    .readonly(),
  /** How much more the client has used, or less, by now. */
  requestsMore: decimalShape,
  bytesMore: decimalShape,
  /** What concerns this line. */
  priceChanges: z.array(priceChangeShape).readonly(),
})
export type DifferenceLine = Readonly<z.output<typeof differenceLineShape>>

const differenceShape = z.object({
  /** The newest revision before this one that was announced. */
  revision: z.int(),
  number: text,
  lines: z.array(differenceLineShape).readonly(),
  /** Their sum: what is to be paid more than was announced, or less. */
  payableNok: decimalShape,
})
export type Difference = Readonly<z.output<typeof differenceShape>>

const addressShape = z.object({
  street: text.nullable(),
  postalCode: text.nullable(),
  city: text.nullable(),
  country: text.nullable(),
})
export type StatedAddress = Readonly<z.output<typeof addressShape>>

const sellerShape = z.object({
  name: text,
  organisationNumber: text,
  /** In Foretaksregisteret, and says so. */
  foretaksregisteret: z.boolean(),
  address: addressShape,
  contact: z.object({ name: text.nullable(), phone: text.nullable(), email: text.nullable() }).nullable(),
})
export type StatedSeller = Readonly<z.output<typeof sellerShape>>

/** Norwegian VAT of what is payable. */
const vatShape = z.object({
  category: z.enum(['S', 'Z', 'E', 'O']),
  /** 0 where none is charged. */
  percent: decimalShape,
  /** Why none is charged, where that takes a reason. */
  reason: text.nullable(),
  netNok: decimalShape,
  vatNok: decimalShape,
  grossNok: decimalShape,
})
export type StatedVat = Readonly<z.output<typeof vatShape>>

/** How the gateway's logs count the bytes of a request; `as_sent` where the gateway tells by itself. */
export const BYTES_BASES = ['body', 'headers_and_body', 'as_sent'] as const

/** What gateways say that they served in the month, held against what arrived: a payer is told no figure of it. */
const reconciliationShape = z.object({
  /** All of the month, of every source. */
  isWhole: z.boolean(),
  /** False where the month was closed all the same, for a reason. */
  agrees: z.boolean(),
  /** By how many they may differ and still agree. */
  requestsTolerated: z.int(),
})
export type StatedReconciliation = Readonly<z.output<typeof reconciliationShape>>

export const payerStatementShape = z.object({
  /** Of this payer's statement, and of the invoice or credit note of the revision. */
  number: text,
  /** YYYY-MM. */
  month: text,
  revision: z.int(),
  isLatest: z.boolean(),
  /** The first and the last day, YYYY-MM-DD. */
  period: z.object({ first: text, last: text }),
  currency: z.literal('NOK'),
  /** Null where the provider has not said who invoices. */
  seller: sellerShape.nullable(),
  payerId: text,
  payerName: text,
  payerOrganisationNumber: text.nullable(),
  payerAddress: addressShape,
  /** The sums of the clients' statements, exclusive of VAT. */
  amountNok: decimalShape,
  payableNok: decimalShape,
  proposedNok: decimalShape,
  /** Null where there is no seller: then only amounts without it are known. */
  vat: vatShape.nullable(),
  /** By name; none when every client of the revision before has another payer now. */
  clients: z.array(clientStatementShape).readonly(),
  /** Against the revision before. */
  adjustments: z.array(clientAdjustmentShape).readonly(),
  /** Their sum: what is to be paid more, or less, than by the revision before. */
  adjustmentsPayableNok: decimalShape,
  /** Against what was announced before; null where nothing was. */
  difference: differenceShape.nullable(),
  usage: z.object({
    timeZone: text,
    /** Every day of the month, as counted when this was read. */
    days: z.array(z.object({ day: text, requests: decimalShape, bytes: decimalShape })).readonly(),
    /** Counted after the statement was made, so that the days come to more; 0 as a rule. */
    requestsSince: decimalShape,
    bytesSince: decimalShape,
    bytesBases: z.array(z.enum(BYTES_BASES)).readonly(),
    /** False where some of it was counted before 429, 401 and 407 were told apart: theirs counted as 4xx does. */
    isStatusToldApart: z.boolean(),
  }),
  /** The prices, allowances and definitions that the month was rated with. */
  tariff: tariffVersionShape,
  /** Of the whole month: the provider's proof of it has the same. */
  contentHash: text,
  /** ISO 8601, in UTC. */
  closedAt: text,
  /** Why it was made though the month was incomplete; null when it was complete. */
  forcedReason: text.nullable(),
  /** Null where nobody compared them. */
  reconciliation: reconciliationShape.nullable(),
})

export type PayerStatement = Readonly<z.output<typeof payerStatementShape>>
export type ClientStatement = Readonly<z.output<typeof clientStatementShape>>
export type ClientUsage = Readonly<z.output<typeof clientUsageShape>>

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
