import { z } from 'zod'
import { actorShape, monthShape, shareShape } from '../dialogue/dialogue-case.ts'
import { LINE_REJECT_REASONS, RECORD_REJECT_REASONS } from '../event/log-event.ts'
import { ACROSS } from '../text/across.ts'
import { noteShape, plainShape } from '../text/plain-text.ts'

const REJECT_REASONS = [...new Set([...LINE_REJECT_REASONS, ...RECORD_REJECT_REASONS])]
const STATUSES_MAX = 50

const nameError = 'a name of 1 to 64 letters, digits, dots, hyphens and underscores, such as strangers'
const reasonError = `one of ${REJECT_REASONS.join(', ')}`
const statusError = 'a status from 100 to 599, or 0 where nobody was answered'
const eventsError = 'a whole number of events from 1'
const boundError = 'a bound: a number of events a month, a share of its requests, or both'
const monthsError = 'a last month that is not before the first'

/** Of a source or a format. */
export const nameOf = plainShape(256)
export const ruleNameShape = z.string().regex(/^[\w.-]{1,64}$/, { error: nameError })
export const reasonCodeShape = z.enum(REJECT_REASONS, { error: reasonError })
export const answeredShape = z.union(
  [
    z.literal(0),
    z.int({ error: statusError }).min(100, { error: statusError }).max(599, { error: statusError }),
  ],
  { error: statusError },
)
const eventsMaxShape = z.int({ error: eventsError }).min(1, { error: eventsError })

/** What a standing rule lets go, within which bound, in which months, and on whose word. */
export const waiverRuleShape = z
  .strictObject({
    /** Never used twice, so that a closed month can be explained by it. */
    name: ruleNameShape,
    /** What the events were rejected for. */
    reasonCode: reasonCodeShape,
    /** What they were answered with; none: with anything, or nothing known. */
    statuses: z.array(answeredShape).max(STATUSES_MAX).readonly().default([]),
    /** Null: of any source, of any format. */
    source: nameOf.nullable().default(null),
    format: nameOf.nullable().default(null),
    /** As many in a month. */
    eventsMax: eventsMaxShape.nullable().default(null),
    /** As much of the requests that were counted in the month, in per cent. */
    sharePercentMax: shareShape.nullable().default(null),
    /** The first month it holds for, and the last; null: until it is ended. */
    fromMonth: monthShape,
    untilMonth: monthShape.nullable().default(null),
    /** Why they need not be counted. */
    reason: noteShape,
    actor: actorShape,
  })
  .refine(({ eventsMax, sharePercentMax }) => (eventsMax ?? sharePercentMax) !== null, { error: boundError })
  .meta({
    anyOf: [
      { required: ['eventsMax'], properties: { eventsMax: { type: 'integer' } } },
      { required: ['sharePercentMax'], properties: { sharePercentMax: { type: 'string' } } },
    ],
  })
  // It would hold in no month, and its name would be gone for good.
  .refine(({ fromMonth, untilMonth }) => untilMonth === null || fromMonth <= untilMonth, {
    error: monthsError,
    params: ACROSS,
  })
export type WaiverRule = Readonly<z.output<typeof waiverRuleShape>>

/** That a rule holds no longer than a month, and on whose word. */
export const ruleEndShape = z.strictObject({
  /** The last month it holds for. */
  untilMonth: monthShape,
  reason: noteShape,
  actor: actorShape,
})
export type RuleEnd = Readonly<z.output<typeof ruleEndShape>>

/** A rule with what has become of it; times in ISO 8601, in UTC. */
export const standingRuleShape = z.object({
  ...waiverRuleShape.shape,
  reasonCode: z.string(),
  // As it was taken then.
  source: z.string().nullable().default(null),
  format: z.string().nullable().default(null),
  reason: z.string(),
  actor: z.string(),
  addedAt: z.string(),
  ended: z
    .object({ untilMonth: monthShape, reason: z.string(), actor: z.string(), endedAt: z.string() })
    .nullable(),
})
export type StandingRule = Readonly<z.output<typeof standingRuleShape>>

/** Where the number comes from that a rule may waive in a month. */
export const ruleBoundShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number') }),
  z.object({ kind: z.literal('share'), sharePercent: z.string(), requests: z.string() }),
  /** Of the months before it, the one in which the rule waived most. */
  z.object({ kind: z.literal('growth'), month: z.string(), events: z.int() }),
])
export type RuleBound = Readonly<z.output<typeof ruleBoundShape>>

/** A month's rejected events that a standing rule speaks of: it waives all of them, or none where they are too many. */
export const ruledShape = z.object({
  rule: z.string(),
  /** Why they need not be counted, and who said so. */
  reason: z.string(),
  actor: z.string(),
  events: z.int(),
  /** More that came after the month's grace and may be of any month: bounded in the months in which they came. */
  late: z.int(),
  eventsMax: z.int(),
  bound: ruleBoundShape,
})
export type Ruled = Readonly<z.output<typeof ruledShape>>

/** Whether the rule waives what it speaks of. Pure. */
export function isWithinBound({ events, eventsMax }: Pick<Ruled, 'events' | 'eventsMax'>): boolean {
  return events <= eventsMax
}
