import type { Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'

/** Why a step can't follow the steps there are. */
export type CaseRefusal =
  /** Somebody else's step came first: `found` is the case's newest step, not `follows`. */
  | { readonly kind: 'case_changed'; readonly follows: number; readonly found: number }
  | { readonly kind: 'sequence_wrong'; readonly expected: number; readonly found: number }
  | { readonly kind: 'case_unknown' }
  | { readonly kind: 'case_decided' }
  | { readonly kind: 'another_open'; readonly openCaseId: string }
  | { readonly kind: 'month_in_case'; readonly month: string; readonly inCaseId: string }
  | { readonly kind: 'month_not_in_case'; readonly month: string; readonly months: readonly string[] }
  | { readonly kind: 'month_decided'; readonly month: string; readonly outcome: Outcome }
  | { readonly kind: 'month_undecided'; readonly month: string }
  /** To be charged, though nobody spoke with the client since it was opened or exceeded. */
  | { readonly kind: 'not_contacted' }
  | { readonly kind: 'amount_of_months'; readonly months: readonly string[] }
  | { readonly kind: 'amount_above'; readonly month: string; readonly proposedNok: string }
  | { readonly kind: 'evidence_older'; readonly month: string; readonly revision: number }

/** The step was refused for a stated reason and nothing was recorded: exit code 3, HTTP 409. */
export class CaseRefusedError extends Error {
  override name = 'CaseRefusedError'
  readonly caseId: string
  readonly refusal: CaseRefusal
  constructor(caseId: string, refusal: CaseRefusal) {
    super(`case ${caseId} stays as it is: ${describeCaseRefusal(refusal)}`)
    this.caseId = caseId
    this.refusal = refusal
  }
}

/** There is no such case: exit code 2, HTTP 404. */
export class CaseUnknownError extends Error {
  override name = 'CaseUnknownError'
  readonly caseId: string
  constructor(caseId: string, clientCaseIds: readonly string[]) {
    const others =
      clientCaseIds.length === 0
        ? 'its client has none; forbruk case list shows them all'
        : `its client has ${clientCaseIds.join(', ')}`
    super(`there is no case ${caseId}: ${others}`)
    this.caseId = caseId
  }
}

/** A sentence that says what is wrong and what to do. */
export function describeCaseRefusal(refusal: CaseRefusal): string {
  switch (refusal.kind) {
    case 'case_changed':
      return (
        `it has changed: step ${refusal.found} is its newest, expected ${refusal.follows}; ` +
        'look at it again, then repeat what still holds'
      )
    case 'sequence_wrong':
      return `step ${refusal.found} can't be next; expected step ${refusal.expected}`
    case 'case_unknown':
      return 'it was never opened'
    case 'case_decided':
      return 'it is decided; a note can be added, or it can be reopened'
    case 'another_open':
      return `its client has an open case, ${refusal.openCaseId}; months are added to that`
    case 'month_in_case':
      return `${refusal.month} is in case ${refusal.inCaseId} already`
    case 'month_not_in_case':
      return `${refusal.month} is not in it; its months are ${refusal.months.join(', ')}`
    case 'month_decided':
      return `${refusal.month} is decided already: ${describeOutcome(refusal.outcome)}`
    case 'month_undecided':
      return `${refusal.month} is not decided`
    case 'not_contacted':
      return (
        'nobody has spoken with the client about this, and the price list promises it; ' +
        'record the contact first, or say why there was none (--without-contact REASON)'
      )
    case 'amount_of_months':
      return `an amount is for one month, and these are ${refusal.months.join(', ')}; name one, or agree on a share`
    case 'amount_above':
      return `NOK ${refusal.proposedNok} is proposed for ${refusal.month}; expected at most that`
    case 'evidence_older':
      return `its evidence for ${refusal.month} is of revision ${refusal.revision} already; expected a newer one`
  }
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome) {
    case 'charge':
      return 'charge'
    case 'waived':
      return 'waived'
    case 'reduced_usage':
      return 'waived, reduced usage agreed'
  }
}
