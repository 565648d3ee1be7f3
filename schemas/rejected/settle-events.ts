import { z } from 'zod'
import { actorShape, monthShape } from '../dialogue/dialogue-case.ts'
import { ACROSS } from '../text/across.ts'
import { noteShape } from '../text/plain-text.ts'
import { answeredShape, nameOf, reasonCodeShape } from './waiver-rule.ts'

const PLACES_MAX = 1_000
const MENDS_MAX = 100
const STATUSES_MAX = 50
const TEXT_CHARACTERS_MAX = 16_384
/** As JSON a character is six bytes at most, `\u001f`; what stands beside the lines fits into another such line. */
export const MENDS_BYTES_MAX = (MENDS_MAX + 1) * TEXT_CHARACTERS_MAX * 6
const PARTITIONS_MAX = 1_000_000
const CURSOR_CHARACTERS_MAX = 4_000

const placeError = 'a place in the log, partition:offset or partition:offset[index], such as 0:1234'
const whichError = 'either places, or reasonCode and month'
const mendError = 'set or line, or vouchTime alone'

const placeShape = z.string().regex(/^\d{1,9}:\d{1,16}(?:\[\d{1,10}\])?$/, { error: placeError })
const dryRunShape = z.boolean().default(false)

/** Which rejected events are let go, why, and on whose word. */
export const waiverShape = z
  .strictObject({
    places: z.array(placeShape).max(PLACES_MAX).readonly().default([]),
    /** Instead: all of the month that were rejected for this reason so far. */
    reasonCode: reasonCodeShape.nullable().default(null),
    month: monthShape.nullable().default(null),
    /** Of these, only what was answered with one of these; none: with anything. */
    statuses: z.array(answeredShape).max(STATUSES_MAX).readonly().default([]),
    /** Why they need not be counted. */
    reason: noteShape,
    actor: actorShape,
    dryRun: dryRunShape,
  })
  .refine(
    ({ places, reasonCode, month, statuses }) =>
      places.length > 0
        ? reasonCode === null && month === null && statuses.length === 0
        : reasonCode !== null && month !== null,
    { error: whichError, params: ACROSS },
  )
export type Waiver = Readonly<z.output<typeof waiverShape>>

const fieldsShape = z.record(
  z.string().min(1).max(256),
  z.union([z.string().max(TEXT_CHARACTERS_MAX), z.int()]),
)

/** What makes one rejected event right. */
const mendShape = z
  .strictObject({
    at: placeShape,
    /** Fields that replace those it has. */
    set: fieldsShape.nullable().default(null),
    /** Instead: the whole corrected line. */
    line: z.string().min(1).max(TEXT_CHARACTERS_MAX).nullable().default(null),
    /** Its time is right, however far it is from the time at which the log got it. */
    vouchTime: z.boolean().default(false),
  })
  .refine(({ set, line, vouchTime }) => (set === null ? line !== null || vouchTime : line === null), {
    error: mendError,
    params: ACROSS,
  })
export type EventMend = Readonly<z.output<typeof mendShape>>

/** What is sent again in the place of rejected events, how it is known what was meant, and on whose word. */
export const mendsShape = z.strictObject({
  mends: z.array(mendShape).min(1).max(MENDS_MAX).readonly(),
  reason: noteShape,
  actor: actorShape,
  dryRun: dryRunShape,
})
export type Mends = Readonly<z.output<typeof mendsShape>>

/** Which rejected lines are read again where they came from, how it is known that this is right, and on whose word. */
export const replayShape = z.strictObject({
  source: nameOf.nullable().default(null),
  reasonCode: reasonCodeShape.nullable().default(null),
  /** Only those that may belong to it. */
  month: monthShape.nullable().default(null),
  partition: z.int().min(0).max(PARTITIONS_MAX).nullable().default(null),
  /** How lines are read, by its name; without it as FORBRUK_INTAKE, the sender's token or the source's marks say. */
  format: nameOf.nullable().default(null),
  /** The fields of that format which name the client and the integration. */
  clientField: nameOf.nullable().default(null),
  integrationField: nameOf.nullable().default(null),
  /** The `next` of the answer before. */
  after: z.string().max(CURSOR_CHARACTERS_MAX).nullable().default(null),
  reason: noteShape,
  actor: actorShape,
  dryRun: dryRunShape,
})
export type Replay = Readonly<z.output<typeof replayShape>>
