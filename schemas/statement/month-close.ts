import { z } from 'zod'
import { CAUSES, decimalShape } from './statement.ts'

/** Why use can't be charged as it stands, and must not go unseen. */
export const EXCEPTION_KINDS = [
  /** Use by a client that the registry doesn't know. */
  'unknown_client',
  /** Use through an integration that the registry doesn't know, or that isn't named where the tariff asks for it. */
  'unknown_integration',
  /** The same, where the tariff doesn't say yet what it is: the month is not closed before it does. */
  'undecided_integration',
  /** Use through an integration that the client has not activated in the month. */
  'not_activated',
  /** A partner's integration, active for an end customer: a client that has no partner and is none. Used or not. */
  'no_partner',
] as const
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number]

/** What can't be charged as it stands: an analyst looks into each. */
export const closeExceptionShape = z.object({
  kind: z.enum(EXCEPTION_KINDS),
  clientId: z.string(),
  integrationId: z.string(),
  /** All use, of whatever status; charged to nobody while it is an exception. */
  requests: decimalShape,
  bytes: decimalShape,
})
export type CloseException = Readonly<z.output<typeof closeExceptionShape>>

/** `forced`: it was closed though incomplete, and is no more; or the other way, or for another reason. */
export const CHANGE_CAUSES = [...CAUSES, 'forced'] as const

/** What differs between a revision and the one before, by the input that changed. */
export const changeShape = z.object({
  cause: z.enum(CHANGE_CAUSES),
  detail: z.string(),
  /** Lines in which it has a part. */
  lines: z.int(),
  amountNok: decimalShape,
  payableNok: decimalShape,
})
export type Change = Readonly<z.output<typeof changeShape>>

/** What changes a closed month only once a person has accepted it: no late event and no decision made it. */
export const ACCEPTED_CAUSES = ['registry', 'tariff', 'rules'] as const
export type AcceptedCause = (typeof ACCEPTED_CAUSES)[number]

const ACCEPTED_RULE =
  'what a dry run shows to be accepted, such as registry:0a1b2c3d4e5f; ' +
  `causes are ${ACCEPTED_CAUSES.join(', ')}`
/**
 * A cause with what a person was shown of it: the first twelve characters of that difference's content hash. What
 * changes after they looked is another difference.
 */
export const acceptedShape = z
  .string({ error: ACCEPTED_RULE })
  .regex(/^(registry|tariff|rules):[0-9a-f]{12}$/, { error: ACCEPTED_RULE })

/** What one cause changes for one payer. */
export const payerChangeShape = z.object({
  payerId: z.string(),
  payerName: z.string(),
  cause: z.enum(CAUSES),
  amountNok: decimalShape,
  payableNok: decimalShape,
})
export type PayerChange = Readonly<z.output<typeof payerChangeShape>>

/** Why a month was closed though it was incomplete, and what was lacking. */
export const forcedShape = z.object({ reason: z.string(), lacks: z.array(z.string()).readonly() })
export type Forced = Readonly<z.output<typeof forcedShape>>

/** Whether what a gateway said that it served agrees with what arrived: `short` is too few, `over` too many. */
const VERDICTS = ['agrees', 'short', 'over'] as const

/** What a gateway said that it served in a time, beside what had arrived of it. */
export const comparedShape = z.object({
  source: z.string(),
  /** ISO 8601, in UTC; `to` is the first moment that was not compared. */
  from: z.string(),
  to: z.string(),
  counter: z.string().describe('whose counters, or told by a person'),
  served: z.int(),
  resets: z.int().describe('how often a counter began anew: then at least so many were served'),
  arrived: z.int(),
  rejected: z.int().describe('that came, and can not be counted'),
  tolerance: z.int().describe('of requests, as the operator chose it'),
  verdict: z.enum(VERDICTS),
})
export type Compared = Readonly<z.output<typeof comparedShape>>

/** One revision of a month, in a list. */
export const closedMonthShape = z.object({
  /** YYYY-MM. */
  month: z.string(),
  revision: z.int(),
  isLatest: z.boolean(),
  /** ISO 8601, in UTC. */
  closedAt: z.string(),
  contentHash: z.string(),
  statements: z.int(),
  payableNok: decimalShape,
  proposedNok: decimalShape,
  /** Null when it was complete. */
  forcedReason: z.string().nullable(),
})
export type ClosedMonth = Readonly<z.output<typeof closedMonthShape>>
