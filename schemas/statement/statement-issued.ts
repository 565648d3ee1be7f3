import { createHash } from 'node:crypto'
import type { StatementAdjustment, StatementLine } from './payer-statement.ts'

/** What an event is about: there is one for each, sent once or more. */
export type StatementSubject = {
  /** YYYY-MM in the tariff's time zone. */
  readonly month: string
  readonly revision: number
  readonly clientId: string
  /** Also the record's key, so that a payer's events keep their order. */
  readonly payerId: string
}

/**
 * A client's month as a revision has it, for its payer. Where the payer changed from one revision to the next, the one
 * before gets a `withdrawn` with what is taken back. Money, quantities and counts are decimal text.
 */
export type StatementIssued = StatementSubject & {
  /** The hash of the subject: whoever drops an event whose id it has seen has each once. */
  readonly eventId: string
  readonly clientName: string
  readonly payerName: string
  /** Null without a partner, and where withdrawn. */
  readonly partnerId: string | null
  /** `withdrawn`: this payer has this client's statement no more, and all amounts are 0. */
  readonly status: 'payable' | 'proposed' | 'withdrawn'
  readonly currency: string
  /** What the revision comes to as a whole. */
  readonly amount: string
  readonly payable: string
  readonly proposed: string
  /** What is to be paid more than by the revision before, or less; 0 in a first one, which is to be paid whole. */
  readonly adjustmentPayable: string
  readonly requests: string
  readonly bytes: string
  readonly lines: readonly StatementLine[]
  readonly adjustments: readonly StatementAdjustment[]
  /** Of the whole revision. */
  readonly contentHash: string
  readonly closedAtMs: number
  /** Null when the month was complete. */
  readonly forcedReason: string | null
}

export function statementEventId({ month, revision, clientId, payerId }: StatementSubject): string {
  const subject = JSON.stringify(['statement_issued', month, revision, clientId, payerId])
  return createHash('sha256').update(subject).digest('hex')
}
