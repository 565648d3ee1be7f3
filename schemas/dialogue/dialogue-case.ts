import { z } from 'zod'
import { ACROSS } from '../text/across.ts'
import { NAME_RULE, nameShape, noteShape } from '../text/plain-text.ts'

/**
 * The conversation with a client over its use above an allowance. All values are plain JSON: counts and money are
 * decimal text, exact and without exponent.
 */
const count = z.string().regex(/^\d+$/, { error: 'a whole number as text' })
const amount = z.string().regex(/^\d+\.\d{2}$/, { error: 'an amount with two decimals as text' })
export const monthShape = z
  .string()
  .regex(/^20\d{2}-(0[1-9]|1[0-2])$/, { error: 'a month as YYYY-MM, such as 2026-10' })

const overageShape = z.object({
  /** What the allowance includes, what was used of it, and the difference: requests, or bytes. */
  included: count,
  used: count,
  above: count,
  amountNok: amount,
})

const useShape = { requests: count, bytes: count }

/** Why there is something to talk about: one month of one client, as a revision of its statement has it. */
export const evidenceShape = z.object({
  revision: z.int().min(1),
  /** Null where the month stays within the allowance; both are null once a later revision has no overage. */
  requests: overageShape.nullable(),
  transfer: overageShape.nullable(),
  proposedNok: amount,
  /** Use that counts against the allowance, by month, oldest first; the last is the month itself. */
  trend: z.array(z.object({ month: monthShape, ...useShape })),
  /** The integrations that used most, most first. */
  integrations: z.array(z.object({ integrationId: z.string(), ...useShape })),
  /** The hours that used most, most first; local time with its distance from UTC: `2026-10-14T13:00+02:00`. */
  hours: z.array(z.object({ hour: z.string(), ...useShape })),
})

export type Overage = Readonly<z.output<typeof overageShape>>
export type Evidence = Readonly<z.output<typeof evidenceShape>>

export const OUTCOMES = ['charge', 'waived', 'reduced_usage'] as const
/** `reduced_usage`: nothing is charged, since the client has agreed to use less. */
export type Outcome = (typeof OUTCOMES)[number]

/**
 * What a decision about a month covers: the overage that the case knew of, as the most that it is about. Requests,
 * bytes and their amounts count from the allowance on, also where an earlier decision has covered a part.
 */
export type Covered = {
  readonly month: string
  /** Of the evidence. */
  readonly revision: number
  readonly requests: string
  readonly requestsNok: string
  readonly bytes: string
  readonly transferNok: string
  /** What was proposed, and thereby decided: without what earlier decisions had covered. */
  readonly proposedNok: string
  /** What is charged of it; null where that is all. */
  readonly agreedNok: string | null
}

/** A decision about one month, as it stands. */
export type MonthDecision = { readonly outcome: Outcome; readonly covered: Covered }

export const CASE_STATES = ['open', 'decided'] as const
/** `mixed` when a case's months were decided otherwise. */
export const DECISIONS = [...OUTCOMES, 'mixed'] as const

/** What happened. The first four come from the close, the others from people. */
export type CaseEvent =
  | {
      readonly kind: 'opened'
      readonly month: string
      readonly clientName: string
      readonly evidence: Evidence
    }
  | { readonly kind: 'month_added'; readonly month: string; readonly evidence: Evidence }
  | { readonly kind: 'evidence_changed'; readonly month: string; readonly evidence: Evidence }
  /** A newer revision has more than was decided: the rest is a question of its own, and the decision stands. */
  | { readonly kind: 'exceeded'; readonly month: string; readonly evidence: Evidence }
  | { readonly kind: 'contacted' }
  /** YYYY-MM-DD to come back to it. */
  | { readonly kind: 'noted'; readonly followUp: string | null }
  /** Taken back: these months are decided anew, as if they never were. */
  | { readonly kind: 'reopened'; readonly months: readonly string[] }
  | {
      readonly kind: 'decided'
      readonly outcome: Outcome
      readonly months: readonly string[]
      /** By month. */
      readonly covers: readonly Covered[]
      /** The share that is charged, where one was agreed. */
      readonly sharePercent: string | null
      /** Why it is charged though nobody was contacted. */
      readonly withoutContact: string | null
    }

export const CASE_EVENT_KINDS = [
  'opened',
  'month_added',
  'evidence_changed',
  'exceeded',
  'contacted',
  'noted',
  'reopened',
  'decided',
] as const satisfies readonly CaseEvent['kind'][]

/** One thing that happened in a case, for good. */
export type CaseStep = CaseEvent & {
  /** Counts the steps of one client from 1, without a gap, through all its cases. */
  readonly sequence: number
  readonly caseId: string
  /** ISO 8601, in UTC. */
  readonly at: string
  readonly actor: string
  /** Empty in steps of the close. */
  readonly note: string
}

export type CaseMonth = {
  readonly month: string
  /** The newest. */
  readonly evidence: Evidence
  /** The newest decision's; null while it is open. */
  readonly outcome: Outcome | null
  /** In their order: each is about what exceeds the one before it. */
  readonly decisions: readonly MonthDecision[]
}

/** A case is what its steps come to. */
export type DialogueCase = {
  /** `client-id/2026-10`: the client and the month that it was opened for. */
  readonly caseId: string
  readonly clientId: string
  readonly clientName: string
  /** `decided` once each of its months is. */
  readonly state: (typeof CASE_STATES)[number]
  /** In the order they were added; at least one. */
  readonly months: readonly CaseMonth[]
  /** Of its last step. Whoever adds a step says which one it follows. */
  readonly sequence: number
  readonly steps: readonly CaseStep[]
}

const actorError = `a name: ${NAME_RULE}`

export const actorShape = nameShape(actorError)

export const dayShape = z.iso.date({ error: 'a day as YYYY-MM-DD' })
const amountError = 'an amount above 0 with at most two decimals as text, such as "250.00"'
export const agreedAmountShape = z
  .string({ error: amountError })
  .regex(/^(?!0+(\.0+)?$)\d{1,15}(\.\d{1,2})?$/, { error: amountError })
const shareError = 'per cent above 0, at most 100, as text, such as "50" or "33.3"'
export const shareShape = z
  .string({ error: shareError })
  .regex(/^(?!0+(\.0+)?$)(100(\.0+)?|\d{1,2}(\.\d{1,6})?)$/, { error: shareError })

type DecideTerms = { outcome: Outcome; amountNok?: unknown; sharePercent?: unknown; withoutContact?: unknown }

function isAboutCharge({ outcome, amountNok, sharePercent, withoutContact }: DecideTerms): boolean {
  return outcome === 'charge' || (amountNok ?? sharePercent ?? withoutContact ?? null) === null
}

const outcomeError = `one of ${OUTCOMES.join(', ')}`
const monthsError = 'a list of months of the case, or null for all that it can be about'
/** Null: every month that is not decided yet; of reopen, every month that was. */
const monthsShape = z.array(monthShape).min(1, { error: monthsError }).nullable()

/** What a person does in a case. */
export const caseActionShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('contact'), note: noteShape }),
  z.strictObject({ kind: z.literal('note'), note: noteShape, followUp: dayShape.nullish() }),
  z.strictObject({ kind: z.literal('reopen'), months: monthsShape, note: noteShape }),
  z
    .strictObject({
      kind: z.literal('decide'),
      outcome: z.enum(OUTCOMES, { error: outcomeError }),
      months: monthsShape,
      note: noteShape,
      /** What is charged of the amount that is proposed, for one month; at most that. */
      amountNok: agreedAmountShape.nullish(),
      /** The same as a share of it, for each month. */
      sharePercent: shareShape.nullish(),
      /** Why a client is charged that was not contacted. */
      withoutContact: noteShape.nullish(),
    })
    .refine(isAboutCharge, {
      error: 'an amount, a share and a reason without contact go with charge alone',
      params: ACROSS,
    })
    .refine(
      ({ amountNok, sharePercent }) => (amountNok ?? null) === null || (sharePercent ?? null) === null,
      {
        error: 'an amount or a share, not both',
        params: ACROSS,
      },
    ),
])
export type CaseAction = Readonly<z.output<typeof caseActionShape>>

/** A case in a list. */
export type CaseSummary = Pick<DialogueCase, 'caseId' | 'clientId' | 'clientName' | 'state' | 'sequence'> & {
  readonly openedMonth: string
  readonly months: readonly string[]
  /** Above the allowances, over all its months. */
  readonly overageRequests: string
  readonly overageBytes: string
  readonly proposedNok: string
  /** Of it, what was decided to be charged. */
  readonly chargedNok: string
  /** Null while it is open. */
  readonly decision: (typeof DECISIONS)[number] | null
  readonly steps: number
  readonly contacts: number
  /** ISO 8601, in UTC. */
  readonly openedAt: string
  readonly decidedAt: string | null
  readonly lastStepAt: string
  readonly lastContactAt: string | null
  /** YYYY-MM-DD. */
  readonly followUp: string | null
  /** Whole days since it was opened. */
  readonly ageDays: number
  /** Whom to call, by the newest statement; null where the client never had one. */
  readonly payerId: string | null
  readonly payerName: string | null
  readonly partnerId: string | null
  /** Proposed, and not decided. */
  readonly openNok: string
  /** Months whose newest statement does not have what was decided, or taken back, since. */
  readonly notOnStatement: readonly string[]
  /** Undecided months of which the newest revision has no overage any more. */
  readonly withoutOverage: readonly string[]
}
