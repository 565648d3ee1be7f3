import { pathOf, queryOf } from './ask.ts'

export type ClosedMonth = {
  readonly month: string
  readonly revision: number
  readonly isLatest: boolean
  readonly closedAt: string
  readonly contentHash: string
  readonly statements: number
  readonly payableNok: string
  readonly proposedNok: string
  readonly forcedReason: string | null
  readonly announcement: 'announced' | 'due' | 'waiting' | string
  readonly approve: string
  readonly approvedBy: string | null
}

type Change = {
  readonly cause: string
  readonly detail: string
  readonly lines: number
  readonly amountNok: string
  readonly payableNok: string
}

type PayerChange = {
  readonly payerId: string
  readonly payerName: string
  readonly cause: string
  readonly amountNok: string
  readonly payableNok: string
}

export type Closed = {
  readonly month: string
  readonly outcome: 'closed' | 'revised' | 'unchanged' | 'dry_run'
  readonly revision: number | null
  readonly previousRevision: number | null
  readonly contentHash: string
  readonly clients: number
  readonly statements: number
  readonly requests: string
  readonly bytes: string
  readonly payableNok: string
  readonly proposedNok: string
  readonly changes: readonly Change[]
  readonly payerChanges: readonly PayerChange[]
  readonly payerChangesTotal: number
  readonly unaccepted: readonly string[]
  readonly exceptions: readonly {
    readonly kind: string
    readonly clientId: string
    readonly integrationId: string
    readonly requests: string
  }[]
  readonly rejected: readonly {
    readonly reason: string
    readonly events: number
    readonly waived: number
    readonly mended: number
    readonly open: number
  }[]
  readonly announced: number
}

export type Incomplete = {
  readonly missing: readonly { readonly kind: string; readonly detail: string }[]
  readonly estimate: { readonly notBefore: string | null; readonly basis: readonly string[] } | null
}

export type Payers = {
  readonly month: string
  readonly revision: number
  readonly payers: readonly {
    readonly payerId: string
    readonly payerName: string
    readonly clients: number
    readonly amountNok: string
    readonly payableNok: string
    readonly proposedNok: string
    readonly adjustmentsPayableNok: string
  }[]
  readonly next: string | null
}

type Proof = {
  readonly contentHash: string
  readonly closedAt: string
  readonly stream: string
  readonly ranges: readonly {
    readonly partition: number
    readonly firstOffset: string
    readonly nextOffset: string
  }[]
  readonly registryImportId: string
  readonly tariffHash: string
  readonly definitions: readonly string[]
}

export const monthsQuery = queryOf<{ readonly months: readonly ClosedMonth[] }>('/v1/months')

export function proofQuery(month: string, revision?: number) {
  return queryOf<Proof>(pathOf(`/v1/months/${month}/proof`, { revision }))
}

/** One payer's statement of a revision, as a page that prints. */
export function statementUrl(month: string, payerId: string, revision: number, language: string): string {
  return pathOf(`/v1/months/${month}/statements/${encodeURIComponent(payerId)}.html`, { revision, language })
}

export function exportUrl(month: string, revision: number, format: string): string {
  return pathOf(`/v1/months/${month}/export`, { table: 'statement_lines', format, revision })
}
