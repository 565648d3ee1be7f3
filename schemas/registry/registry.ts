import type { Buyer } from './buyer.ts'

/**
 * Who exists, and which client has which integration from when. A value of this type is whole: every id it refers to
 * exists, no activation overlaps another of the same client and integration. Lists are sorted by id, so that equal
 * registries are equal values.
 */
export type Registry = {
  readonly clients: readonly Client[]
  readonly partners: readonly Partner[]
  readonly integrations: readonly Integration[]
  readonly activations: readonly Activation[]
}

/** The same as it is read: each entry is made when it is asked for, since objects of all of them are large. */
export type RegistryRows = { readonly [List in keyof Registry]: Rows<Registry[List][number]> }
export type Rows<Entry> = Iterable<Entry> & { readonly length: number }

export type Client = {
  readonly clientId: string
  readonly name: string
  readonly partnerId: string | null
  /** Billed through its partner; only a client that has a partner, and is none itself, can be. */
  readonly collectiveInvoice: boolean
  /** Not there where the registry says nothing of it, so that a registry without is the same value as ever. */
  readonly buyer?: Buyer
}

/** A partner is also a client, under the same id. */
export type Partner = { readonly partnerId: string; readonly name: string }

export type Integration = {
  readonly integrationId: string
  readonly name: string
  readonly kind: IntegrationKind
}

export const INTEGRATION_KINDS = ['internal', 'year_end', 'partner', 'external'] as const
export type IntegrationKind = (typeof INTEGRATION_KINDS)[number]

/** Half-open in local dates of the tariff's time zone, `YYYY-MM-DD`: active on `activeFrom`, not on `activeUntil`. */
export type Activation = {
  readonly clientId: string
  readonly integrationId: string
  readonly activeFrom: string
  /** Null while it is still active. */
  readonly activeUntil: string | null
}

/** One mistake in a registry folder. */
export type RegistryFault = {
  readonly file: string
  /** 1 for the header; null when it concerns the file as a whole. */
  readonly line: number | null
  readonly column: string | null
  /** What was found and what was expected. */
  readonly detail: string
}

/** `clients.csv:4, partner_id: …` */
export function describeRegistryFault(fault: RegistryFault): string {
  const line = fault.line === null ? '' : `:${fault.line}`
  const column = fault.column === null ? '' : `, ${fault.column}`
  return `${fault.file}${line}${column}: ${fault.detail}`
}
