import { z } from 'zod'
import { STATUS_CLASSES } from '../event/status-class.ts'
import { INTEGRATION_KINDS } from '../registry/registry.ts'

/**
 * The one model of a statement: rating makes it, the store keeps it, the API, the page and the event show it. Plain
 * JSON values, so that the same figures are the same bytes: counts, quantities and money are decimal text, exact and
 * without exponent. Null is where there is none; only an integration's id can be empty, since a gateway can send none.
 */
export const decimalShape = z.string().regex(/^-?\d+(\.\d+)?$/, { error: 'a decimal as text' })
export type DecimalText = z.output<typeof decimalShape>

export const LINE_ITEMS = [
  'included',
  'partner_tier',
  'access_external',
  'overage_requests',
  'overage_transfer',
] as const
export type LineItem = (typeof LINE_ITEMS)[number]

export const LINE_UNITS = ['request', 'MB', 'month'] as const
export type LineUnit = (typeof LINE_UNITS)[number]

export const LINE_STATUSES = ['payable', 'proposed', 'waived'] as const
export type LineStatus = (typeof LINE_STATUSES)[number]

/** `proposed` while any of its lines is, else `payable`. */
export const STATEMENT_STATUSES = ['payable', 'proposed'] as const

/** `unnamed` when the gateway didn't name the integration, `unknown` when the registry doesn't know it. */
export const USAGE_KINDS = [...INTEGRATION_KINDS, 'unnamed', 'unknown'] as const

/** The input that changed. `rules`: nothing did, but it is rated by another version of the program. */
export const CAUSES = ['usage', 'registry', 'tariff', 'decision', 'rules'] as const
export type CauseKind = (typeof CAUSES)[number]

const text = z.string()
const lineStatus = z.enum(LINE_STATUSES)

export const statementLineShape = z.object({
  item: z.enum(LINE_ITEMS),
  /** Of an `included` line; else empty. */
  integrationId: text,
  /** For readers: the integration's name, the tier and its number of clients. */
  detail: text,
  quantity: decimalShape,
  unit: z.enum(LINE_UNITS),
  unitPriceNok: decimalShape,
  /** Two decimals. */
  amountNok: decimalShape,
  status: lineStatus,
})
export type StatementLine = Readonly<z.output<typeof statementLineShape>>

const used = {
  requests: decimalShape,
  requestBytes: decimalShape,
  responseBytes: decimalShape,
  /** What of it counted against the allowance: nothing where the tariff says so, nor while it is an exception. */
  meteredRequests: decimalShape,
  meteredBytes: decimalShape,
}

/** What would have counted against the allowance, had it been answered with another status. */
export const notCountedShape = z.object({
  statusClass: z.enum(STATUS_CLASSES),
  requests: decimalShape,
  /** Those that the tariff counts: of request, response or both. */
  bytes: decimalShape,
})
export type NotCounted = Readonly<z.output<typeof notCountedShape>>

/** Use through one integration, as the registry knows it in that month. */
export const statementUsageShape = z.object({
  /** Empty when the gateway didn't name it. */
  integrationId: text,
  kind: z.enum(USAGE_KINDS),
  ...used,
  /** By status class, in their order. */
  notCounted: z.array(notCountedShape).readonly(),
})
export type StatementUsage = Readonly<z.output<typeof statementUsageShape>>

/** What one client's month came to. */
export const statementShape = z.object({
  clientId: text,
  clientName: text,
  partnerId: text.nullable(),
  /** Who receives it: the client, or its partner when it has a collective invoice. */
  payerId: text,
  payerName: text,
  status: z.enum(STATEMENT_STATUSES),
  /** The lines' sum, payable and proposed; what was waived is not in it. */
  amountNok: decimalShape,
  payableNok: decimalShape,
  proposedNok: decimalShape,
  ...used,
  usage: z.array(statementUsageShape).readonly(),
  lines: z.array(statementLineShape).readonly(),
})
export type Statement = Readonly<z.output<typeof statementShape>>

/** Requests' and responses' together. */
export function bytesOf({
  requestBytes,
  responseBytes,
}: Pick<Statement, 'requestBytes' | 'responseBytes'>): bigint {
  return BigInt(requestBytes) + BigInt(responseBytes)
}

/** Of all uses together, by status class. */
export function sumNotCounted(usage: readonly Pick<StatementUsage, 'notCounted'>[]): NotCounted[] {
  const all = usage.flatMap(use => use.notCounted)
  return STATUS_CLASSES.flatMap(statusClass => {
    const some = all.filter(each => each.statusClass === statusClass)
    const sumOf = (figure: 'requests' | 'bytes') => some.reduce((sum, each) => sum + BigInt(each[figure]), 0n)
    if (some.length === 0) return []
    return [{ statusClass, requests: `${sumOf('requests')}`, bytes: `${sumOf('bytes')}` }]
  })
}

const adjustmentCauseShape = z.object({
  cause: z.enum(CAUSES),
  detail: text,
  amountNok: decimalShape,
  payableNok: decimalShape,
})
export type AdjustmentCause = Readonly<z.output<typeof adjustmentCauseShape>>

/** What a revision changes of one line of the revision before, for one payer. */
export const statementAdjustmentShape = z.object({
  clientId: text,
  clientName: text,
  /** A line that moved to another payer is taken from the one and added to the other. */
  payerId: text,
  payerName: text,
  item: z.enum(LINE_ITEMS),
  integrationId: text,
  /** From 1, among equal items of a statement. */
  occurrence: z.int(),
  unit: z.enum(LINE_UNITS),
  quantityBefore: decimalShape,
  quantityAfter: decimalShape,
  /** Null where there is no such line. */
  statusBefore: lineStatus.nullable(),
  statusAfter: lineStatus.nullable(),
  /** Payable or proposed; 0.00 while waived. */
  amountBeforeNok: decimalShape,
  amountAfterNok: decimalShape,
  adjustmentNok: decimalShape,
  /** What the payer owes more; negative: is owed. */
  payableNok: decimalShape,
  /** Their parts add up to the adjustment. */
  causes: z.array(adjustmentCauseShape).readonly(),
})
export type StatementAdjustment = Readonly<z.output<typeof statementAdjustmentShape>>
