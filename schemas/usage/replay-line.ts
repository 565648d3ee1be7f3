import { z } from 'zod'

const countText = z.string().describe('a whole number as text, since it may pass 2^53')
const sumsShape = z.object({ requests: countText, requestBytes: countText, responseBytes: countText })
const offsetsShape = { partition: z.int(), firstOffset: countText, nextOffset: countText }
const progressShape = { blocksDone: z.int(), blocksTotal: z.int(), recordsRead: z.int() }

const REPLAY_OUTCOMES = ['equal', 'different', 'lost'] as const

/** A line of what a replay of a client's month says. The last one is none of progress. */
export const replayLineShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), ...progressShape }),
  z.object({
    kind: z.literal('outcome'),
    outcome: z
      .enum(REPLAY_OUTCOMES)
      .describe('lost: what the log still has is equal, and it no longer has all of it'),
    ...progressShape,
    month: z.string(),
    clientId: z.string(),
    stream: z.string(),
    blocksOfMonth: z.int().describe('that may hold use of the month, by whomever'),
    duplicates: z.int().describe('records of these blocks that had come before, whosever they are'),
    log: sumsShape.describe('what the log has of the client in the month'),
    ledger: sumsShape.describe('what is stored of it'),
    copies: sumsShape.describe(
      'of either, what usage is read without, since the same request came before elsewhere',
    ),
    statement: z
      .object({
        revision: z.int(),
        requests: countText,
        bytes: countText,
        logRequests: countText.describe('what the log has below the offsets that the revision was made of'),
        logBytes: countText,
      })
      .nullable()
      .describe('of the newest revision; null where the month is not closed, or has none for the client'),
    proved: z
      .array(z.object({ ...offsetsShape, fingerprint: z.string() }))
      .readonly()
      .describe(
        'blocks of offsets that were counted again, each with the fingerprint of which events it has',
      ),
    differences: z.array(z.object({ ...offsetsShape, detail: z.string() })).readonly(),
    lost: z
      .array(z.object({ ...offsetsShape, detail: z.string(), requests: countText }))
      .readonly()
      .describe('blocks that the log no longer has, and the requests of the client that are stored of them'),
  }),
  z.object({ kind: z.literal('overdue'), ...progressShape, secondsMax: z.int() }),
  z.object({ kind: z.literal('failed'), detail: z.string() }),
])
export type ReplayLine = Readonly<z.output<typeof replayLineShape>>
