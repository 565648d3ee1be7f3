import { nameLines } from '@forbruk/schemas/rejected/name-places.ts'
import { type Replay, replayShape } from '@forbruk/schemas/rejected/settle-events.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { type SettledAnswer, settled } from './settled-answer.ts'

const LEFT_SHOWN_MAX = 100

const number = wholeNumberShape(0, Number.MAX_SAFE_INTEGER)
/** Where lines are read on. */
const placeShape = z
  .tuple([z.string(), z.string(), number, number, number, number])
  .transform(([source, file, linePosition, partition, offset, eventIndex]) => {
    return { source, file, linePosition, partition, offset, eventIndex }
  })
type LinePlace = Readonly<z.output<typeof placeShape>>

const leftShape = z.object({
  ...{ at: z.string(), source: z.string() },
  why: z.string().describe('such as unreadable: what can not be had where this runs'),
  detail: z.string(),
})
const readableShape = z.object({
  ...{ at: z.string(), source: z.string(), clientId: z.string(), integrationId: z.string() },
  ...{ time: z.string(), status: z.int() },
})
const replayedShape = z.object({
  lines: z.int().describe('rejected lines that were looked for'),
  readable: z.int().describe('that are requests by the format'),
  sent: z.int().describe('they count once the aggregator has come to them'),
  before: z.int().describe('that were sent before, or are copies of what was'),
  left: z.int().describe('that stay rejected'),
  leftLines: z.array(leftShape).readonly().describe('the first hundred of them'),
  readableLines: z.array(readableShape).readonly().describe('the first of those that are requests'),
})

type Replaying =
  | SettledAnswer<z.input<typeof replayedShape> & { readonly next: LinePlace | null }>
  /** Another one is at it in this process. */
  | { readonly kind: 'busy' }

export type RejectedReplayOperations = {
  /** Five thousand lines at most, from the one after `after` on. */
  replayEvents(replay: Omit<Replay, 'after'>, after: LinePlace | null): Promise<Replaying>
}

export function addRejectedReplayRoute(app: ConsoleServer, { replayEvents }: RejectedReplayOperations): void {
  app.post(
    '/v1/rejected/replays',
    {
      config: {
        access: { role: 'closer', act: 'mend_events', subjectOf: body => nameLines(askedShape.parse(body)) },
      },
      schema: {
        summary: 'Reads rejected lines again where they came from, and sends those that are requests by now',
        description: 'Five thousand at most; the rest from `next` on.',
        body: replayShape,
        response: {
          200: replayedShape.extend({ dryRun: z.boolean(), next: z.string().nullable() }),
          ...{ 400: problemShape, 409: problemShape, 422: problemShape },
        },
      },
    },
    async ({ body: { after, ...replay } }) => {
      const answer = await replayEvents(replay, after === null ? null : readCursor(after, placeShape))
      if (answer.kind === 'busy') throw new ProblemError(BUSY)
      const { next, leftLines, ...replayed } = settled(answer)
      return {
        ...{ dryRun: replay.dryRun, ...replayed, leftLines: leftLines.slice(0, LEFT_SHOWN_MAX) },
        next: next === null ? null : writeCursor(spellPlace(next)),
      }
    },
  )
}

const BUSY = {
  kind: 'replay_running',
  status: 409,
  detail: 'other rejected lines are being read again here now; ask again when that is done',
} as const

function spellPlace({ source, file, linePosition, partition, offset, eventIndex }: LinePlace): string[] {
  return [source, file, ...[linePosition, partition, offset, eventIndex].map(String)]
}

/** As its shape has filled it in. */
const askedShape = z.object({
  ...{ source: z.string().nullable(), reasonCode: z.string().nullable(), month: z.string().nullable() },
  partition: z.int().nullable(),
})
