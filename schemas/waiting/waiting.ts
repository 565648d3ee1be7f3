import { z } from 'zod'
import { approvedShape } from '../statement/announcement.ts'
import { closeExceptionShape } from '../statement/month-close.ts'
import { decimalShape } from '../statement/statement.ts'

const month = z.string().describe('YYYY-MM')

/** One thing that is known and that nobody but a person can settle. */
const findingShape = z.discriminatedUnion('kind', [
  /** Over, its grace and the schedule's time as well, and not closed. */
  z.object({ kind: z.literal('month_open'), month }),
  /** The same, and the schedule closes no month before the one before it. */
  z.object({ kind: z.literal('month_before_open'), month, before: month }),
  /** The same, and no person has closed or named a first month, which the schedule begins with. */
  z.object({ kind: z.literal('no_first_month'), month }),
  /** The schedule never closes the month that it was told to begin with. */
  z.object({ kind: z.literal('close_from_idle'), month, reason: z.enum(['before_log', 'too_old']) }),
  /** Revisions whose statements are not announced before a person approves them. */
  z.object({
    kind: z.literal('approval'),
    month,
    revisions: z.array(z.int()).readonly(),
    approve: approvedShape.describe('the newest of them, as it is approved'),
  }),
  /** Another registry or tariff holds for the month by now than its newest revision was rated with. */
  z.object({
    kind: z.literal('inputs_changed'),
    month,
    revision: z.int(),
    causes: z.array(z.enum(['registry', 'tariff'])).readonly(),
  }),
  /** Use that the newest revision of a month charges to nobody, of one kind of exception. */
  z.object({
    kind: z.literal('exceptions'),
    month,
    revision: z.int(),
    exception: closeExceptionShape.shape.kind,
    exceptions: z.int(),
    requests: decimalShape,
    bytes: decimalShape,
    clientId: z.string().describe('whose use is the largest of them'),
  }),
  /** Usage of a closed month was counted that no revision has. */
  z.object({ kind: z.literal('later_usage'), month, revision: z.int() }),
  /** Decisions, or that they were taken back, that no revision of the month has. */
  z.object({ kind: z.literal('decisions_unstated'), month, caseIds: z.array(z.string()).readonly() }),
  /** The topic has got partitions that nobody agreed to count, from now or before: the month is that of now. */
  z.object({ kind: z.literal('partitions_uncounted'), month, counted: z.int(), partitions: z.int() }),
  /** A source can't be shipped further before somebody has mended or given up what is in its way: of this month on. */
  z.object({
    kind: z.literal('source_obstructed'),
    month,
    source: z.string(),
    obstacles: z.object({
      total: z.int(),
      listed: z
        .array(z.object({ reason: z.string(), path: z.string(), sinceMs: z.int() }).readonly())
        .readonly()
        .describe('at most 16 of each partition'),
    }),
  }),
  /** A case is open about a month that has no overage any more. */
  z.object({ kind: z.literal('overage_vanished'), month, caseId: z.string(), clientName: z.string() }),
])
export type Finding = Readonly<z.output<typeof findingShape>>

/** The same with sentences for whoever is to act: what there is, and what to do. */
export const waitingShape = z.intersection(findingShape, z.object({ detail: z.string(), todo: z.string() }))
export type Waiting = Readonly<z.output<typeof waitingShape>>
