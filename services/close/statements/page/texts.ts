import type { Language } from '@forbruk/schemas/statement/language.ts'
import type {
  Difference,
  DifferenceLine,
  LineTerms,
  PayerStatement,
  PriceChange,
  StatedReconciliation,
  StatedVat,
} from '@forbruk/schemas/statement/payer-statement.ts'
import type {
  CauseKind,
  LineItem,
  LineStatus,
  LineUnit,
  StatementUsage,
} from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'

/**
 * All that a page says in one language. What stands on the page beside these are names and figures. Amounts are decimal
 * text here, and formatted by the text.
 */
export type Texts = {
  readonly language: Language
  readonly amount: (amountNok: string, sign?: 'signed') => string
  readonly kind: string
  readonly titleOf: (statement: PayerStatement) => string
  readonly organisationNumber: (number: string) => string
  readonly facts: {
    readonly number: string
    readonly period: string
    readonly periodOf: (first: string, last: string) => string
    readonly made: string
    readonly customer: string
    readonly revision: string
  }
  readonly notices: {
    readonly notInvoice: string
    readonly replaced: (revision: number) => string
    readonly forced: string
    readonly forcedReason: string
  }
  /** What happens next, each a sentence or two. */
  readonly next: {
    readonly nothing: string
    readonly invoiced: string
    readonly differenceInvoiced: (difference: Difference) => string
    /** Where one document is about all of it. */
    readonly sameNumber: string
    readonly proposed: string
    readonly questions: (contact: string | null, number: string) => string
    readonly later: string
  }
  /** Of the sums, above the lines and under them. */
  readonly figures: {
    readonly payableNet: string
    readonly payableGross: string
    readonly proposed: string
    readonly difference: string
    /** How the amounts are to be taken: currency and VAT. */
    readonly explain: (vat: StatedVat | null) => string
  }
  readonly vat: (vat: StatedVat) => string
  readonly lines: {
    readonly heading: (clients: number | null) => string
    readonly none: string
    readonly nothingToCharge: string
    readonly item: string
    readonly quantity: string
    readonly unitPrice: string
    readonly amount: string
    readonly sum: string
    readonly total: string
    readonly ofWhichProposed: string
    readonly agreed: (regularNok: string) => string
    readonly proposedCase: (caseId: string, contact: string | null) => string
  }
  readonly item: (terms: LineTerms) => string
  readonly itemNames: Readonly<Record<LineItem, string>>
  /** Of one, and of any other number. */
  readonly units: Readonly<Record<LineUnit, readonly [one: string, many: string]>>
  readonly status: Readonly<Record<LineStatus, string>>
  readonly tier: {
    readonly heading: (tier: string, clients: number) => string
    readonly none: string
  }
  readonly difference: {
    readonly heading: (number: string) => string
    readonly none: string
    readonly line: string
    readonly because: string
    readonly before: string
    readonly now: string
    readonly payable: string
    readonly total: string
    readonly noLine: string
    readonly cause: (cause: CauseKind, line: DifferenceLine) => string
    readonly price: (change: PriceChange) => string
  }
  readonly use: {
    readonly heading: string
    readonly integration: string
    readonly kind: Readonly<Record<StatementUsage['kind'], string>>
    readonly unnamed: string
    readonly notCounted: (statusClass: string) => string
    readonly requests: string
    readonly transfer: string
    readonly countedRequests: string
    readonly countedTransfer: string
    readonly counted: string
    readonly included: string
    readonly above: string
    readonly explain: string
  }
  readonly days: {
    readonly heading: string
    readonly requests: (count: string) => string
    readonly transfer: (bytes: string) => string
    readonly requestsOf: (day: string, count: string) => string
    readonly transferOf: (day: string, bytes: string) => string
    readonly explain: (timeZone: string) => string
    readonly since: (requests: string, bytes: string) => string
  }
  readonly basis: {
    readonly heading: string
    /** How the figures come about: a sentence each. */
    readonly definitions: (version: TariffVersion, timeZone: string) => readonly string[]
    readonly bytes: Readonly<Record<PayerStatement['usage']['bytesBases'][number], string>>
    /** Where some statuses were not told apart from others of their class. */
    readonly countedInClass: string
    readonly bytesOf: (bases: readonly string[]) => string
    /** Of gateways' own counters. */
    readonly reconciled: (reconciliation: StatedReconciliation) => string
    readonly reference: string
    readonly contentHash: string
    readonly made: string
    readonly madeAt: (date: string, time: string, timeZone: string) => string
    readonly prices: string
    readonly pricesFrom: (month: string) => string
    readonly explain: string
  }
}
