import { Readable } from 'node:stream'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { type ReplayLine, replayLineShape } from '@forbruk/schemas/usage/replay-line.ts'
import { z } from 'zod'
import { toProblem } from '../server/answer-error.ts'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { found, monthParameter, name } from './parameters.ts'

type Replaying =
  /** The lines end soon after the signal, and the last one is none of progress unless that was given. */
  | { readonly kind: 'begun'; readonly lines: AsyncIterable<ReplayLine> }
  /** Another replay is at it in this process. */
  | { readonly kind: 'busy' }

export type ReplayOperations = {
  /** Counts what a client did in a month again, from the log. Null: nothing is known of the client in the month. */
  replayClient(period: BillingPeriod, clientId: string, signal: AbortSignal): Promise<Replaying | null>
}

/** What is sent is bytes; to a reader of the description it is text, of lines that are `ReplayLine`s. */
const LINES = z.unknown().meta({ type: 'string' })
const LINES_TYPE = 'application/x-ndjson; charset=utf-8'

export function addReplayRoute(app: ConsoleServer, { replayClient }: ReplayOperations): void {
  const running = new Set<AbortController>()
  // Some minutes are left of one: who stops the process doesn't wait for that.
  app.addHook('preClose', async () => {
    for (const replay of running) replay.abort()
  })
  app.post(
    '/v1/clients/:id/replay',
    {
      // It keeps the log and a core busy, one at a time: for whoever answers clients, and not for every reader.
      config: { access: { role: 'account_manager', act: null, reads: 'id' } },
      schema: {
        summary: "Counts a client's month again from the log, and compares; a line of JSON for each step",
        params: z.strictObject({ id: name.describe('percent-encoded') }),
        body: z.strictObject({ month: monthParameter }),
        response: {
          200: {
            description: 'Lines of progress, and the outcome last',
            content: { 'application/x-ndjson': { schema: LINES } },
          },
          404: problemShape,
          409: problemShape,
        },
      },
    },
    async ({ params, body, log }, reply) => {
      const replay = new AbortController()
      running.add(replay)
      const end = () => {
        replay.abort()
        running.delete(replay)
      }
      // Also when it was answered: by then there is nothing left to end.
      reply.raw.once('close', end)
      if (reply.raw.destroyed) end()
      const period = parseBillingPeriod(body.month)
      const replaying = found(await replayClient(period, params.id, replay.signal), UNKNOWN)
      if (replaying.kind === 'busy') throw new ProblemError(BUSY)
      const tellFailure = (error: unknown) => log.error({ err: error }, 'a replay failed')
      return reply
        .type(LINES_TYPE)
        .send(Readable.from(spellLines(replaying.lines, replay.signal, tellFailure)))
    },
  )
}

async function* spellLines(
  lines: AsyncIterable<ReplayLine>,
  signal: AbortSignal,
  tellFailure: (error: unknown) => void,
): AsyncGenerator<string> {
  const spell = (line: ReplayLine) => `${JSON.stringify(replayLineShape.parse(line))}\n`
  try {
    for await (const line of lines) yield spell(line)
    if (signal.aborted) yield spell({ kind: 'failed', detail: 'the replay was ended before it was done' })
  } catch (error) {
    // The answer has begun: what went wrong can be its last line, and no status any more.
    tellFailure(error)
    yield spell({ kind: 'failed', detail: toProblem(error).detail })
  }
}

const UNKNOWN = 'no client of this id is in the registry of the month, or was counted in it'

const BUSY = {
  kind: 'replay_running',
  status: 409,
  detail: 'another figure is being replayed here now; ask again when that is done',
} as const
