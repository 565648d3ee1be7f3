import type { IntegrationKind } from '@forbruk/schemas/registry/registry.ts'

/**
 * Statements are documents: plain JSON values, so that the same figures are the same bytes. Counts, quantities and
 * money are decimal text, exact and without exponent.
 */
export type DecimalText = string

/** What one client's month came to. */
export type Statement = {
  readonly clientId: string
  readonly clientName: string
  readonly partnerId: string | null
  /** Who receives it: the client, or its partner when it has a collective invoice. */
  readonly payerId: string
  readonly payerName: string
  /** `proposed` while any of its lines is, else `payable`. */
  readonly status: 'payable' | 'proposed'
  /** The lines' sum, payable and proposed; what was waived is not in it. */
  readonly amountNok: DecimalText
  readonly payableNok: DecimalText
  readonly proposedNok: DecimalText
  readonly requests: DecimalText
  readonly requestBytes: DecimalText
  readonly responseBytes: DecimalText
  /** What counted against the allowance. */
  readonly meteredRequests: DecimalText
  readonly meteredBytes: DecimalText
  readonly usage: readonly StatementUsage[]
  readonly lines: readonly StatementLine[]
}

/** Use through one integration, as the registry knows it in that month. */
export type StatementUsage = {
  readonly integrationId: string
  /** `unnamed` when the gateway didn't name it, `unknown` when the registry doesn't know it. */
  readonly kind: IntegrationKind | 'unnamed' | 'unknown'
  readonly requests: DecimalText
  readonly requestBytes: DecimalText
  readonly responseBytes: DecimalText
  /** What of it counted against the allowance: nothing where the tariff says so, nor while it is an exception. */
  readonly meteredRequests: DecimalText
  readonly meteredBytes: DecimalText
}

export type StatementLine = {
  readonly item: LineItem
  /** Of an `included` line; else empty. */
  readonly integrationId: string
  /** For readers: the integration's name, the tier and its number of clients. */
  readonly detail: string
  readonly quantity: DecimalText
  readonly unit: LineUnit
  readonly unitPriceNok: DecimalText
  /** Two decimals. */
  readonly amountNok: DecimalText
  readonly status: LineStatus
}

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

/** What can't be charged as it stands, and must not go unseen: an analyst looks into each. */
export type CloseException = {
  readonly kind: ExceptionKind
  readonly clientId: string
  readonly integrationId: string
  /** All use, of whatever status; charged to nobody while it is an exception. */
  readonly requests: DecimalText
  readonly bytes: DecimalText
}

export type ExceptionKind =
  /** Use by a client that the registry doesn't know. */
  | 'unknown_client'
  /** Use through an integration that the registry doesn't know, or that the gateway didn't name where the tariff asks for it. */
  | 'unknown_integration'
  /** Use through an integration that the client has not activated in the month. */
  | 'not_activated'
  /** A partner's integration, active for an end customer: a client that has no partner and is none. Used or not. */
  | 'no_partner'

/** The outcome of rating a month: everything in it is a function of usage, registry, tariff, decisions and month. */
export type RatedMonth = {
  readonly month: string
  /** By client id. */
  readonly statements: readonly Statement[]
  /** By client, integration and kind. */
  readonly exceptions: readonly CloseException[]
}
