import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import { type Answer, answerJson, answerRefusal, answerTaken, answerText, healthShape } from './answer.ts'
import { BOUNDS } from './bounds.ts'
import { describeApi } from './describe-api.ts'
import type { InFlight, Reservation } from './in-flight.ts'
import { type AccessPolicy, judgeRequest } from './judge-request.ts'
import { type AnswerStyle, DESCRIPTION_PATH, EVENT_PATHS, HEALTH_PATH, METRICS_PATH } from './paths.ts'
import { bodyTooLarge, contentLength, readBody } from './read-body.ts'
import { type Refusal, RefusedError } from './refusal.ts'
import type { Sender } from './sender.ts'
import type { EventTaker, Taken } from './take-events.ts'
import type { RenderedMetrics, Tally } from './tally.ts'

export type Parts = {
  readonly policy: AccessPolicy
  readonly taker: EventTaker
  readonly inFlight: InFlight
  readonly tally: Tally
  readonly logger: Logger
  readonly renderMetrics: () => Promise<RenderedMetrics>
}

/** What anybody may read. */
const READS: ReadonlyMap<string, (policy: AccessPolicy) => unknown> = new Map([
  [HEALTH_PATH, () => healthShape.parse({ status: 'up' })],
  [DESCRIPTION_PATH, ({ holders }: AccessPolicy) => describeApi({ needsToken: holders !== null })],
])

/** Null: whoever asked has gone away. */
export async function answerRequest(request: IncomingMessage, parts: Parts): Promise<Answer | null> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const read = isRead ? READS.get(path) : undefined
  if (read !== undefined) return answerJson(200, read(parts.policy))
  if (isRead && path === METRICS_PATH) return answerMetrics(request, parts)
  const outcome = await decide(request, path, new URLSearchParams(query), parts)
  if (outcome === null) return null
  if ('kind' in outcome) {
    parts.tally.refuse(outcome)
    return answerRefusal(outcome)
  }
  parts.tally.take(outcome.taken)
  return answerTaken(outcome.taken, outcome.style)
}

/** To whoever may send. */
async function answerMetrics(
  { headers }: IncomingMessage,
  { policy, tally, renderMetrics }: Parts,
): Promise<Answer> {
  const reader = judgeRequest(headers, policy)
  if (!('kind' in reader)) return answerText(await renderMetrics())
  tally.refuse(reader)
  return answerRefusal(reader)
}

type Outcome = { readonly taken: Taken; readonly style: AnswerStyle } | Refusal

async function decide(
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
  parts: Parts,
): Promise<Outcome | null> {
  const style = EVENT_PATHS.get(path)
  if (style === undefined)
    return READS.has(path) || path === METRICS_PATH ? methodUnknown('GET, HEAD') : NOT_FOUND
  if (request.method !== 'POST') return methodUnknown('POST')
  const sender = judgeRequest(request.headers, parts.policy)
  if ('kind' in sender) return sender
  return takeEvents(request, sender, { style, query }, parts)
}

const NOT_FOUND: Refusal = {
  kind: 'not_found',
  status: 404,
  detail:
    `there is no such path; expected POST ${[...EVENT_PATHS.keys()].join(', ')}, ` +
    `or GET ${HEALTH_PATH}, ${METRICS_PATH}`,
}

function methodUnknown(allow: string): Refusal {
  return { kind: 'method_unknown', status: 405, detail: `expected ${allow}`, allow }
}

type Asked = { readonly style: AnswerStyle; readonly query: URLSearchParams }

async function takeEvents(
  request: IncomingMessage,
  sender: Sender,
  { style, query }: Asked,
  { taker, inFlight, logger }: Parts,
): Promise<Outcome | null> {
  const { source } = sender
  let reservation: Reservation | null = null
  try {
    const room = inFlight.reserve(source, bytesToCome(request))
    if (room === null) return NO_ROOM
    reservation = room
    const arrived = {
      headers: request.headers,
      query,
      isOpenMeter: style !== 'forbruk',
      readBody: () => readBody(request, BOUNDS.bodyBytesMax),
    }
    const taken = await taker.take(sender, arrived, room)
    if (taken.rejected > 0) logger.warn({ source, ...taken }, 'some of what was sent is rejected')
    return { taken, style }
  } catch (error) {
    if (isGone(error)) return null
    return explain(error, source, logger)
  } finally {
    reservation?.release()
  }
}

/** Whoever sends went away, or was too slow, before all of it was here. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
}

const NO_ROOM: Refusal = {
  kind: 'too_much_in_flight',
  status: 429,
  detail: 'as much is on its way to the log as there is room for; send the same again',
}

/** What room a body takes: all that it may come to, where nobody knows yet. */
function bytesToCome(request: IncomingMessage): number {
  const length = contentLength(request)
  if (length !== null && length > BOUNDS.bodyBytesMax) throw bodyTooLarge(BOUNDS.bodyBytesMax)
  const isCompressed = request.headers['content-encoding'] !== undefined
  return length === null || isCompressed ? BOUNDS.bodyBytesMax : length
}

function explain(error: unknown, source: string, logger: Logger): Refusal {
  if (!(error instanceof RefusedError)) {
    logger.error({ err: error, source }, 'a request failed')
    return {
      kind: 'failure',
      status: 500,
      detail: 'something went wrong here; the log of the collector says what',
    }
  }
  const { refusal, cause } = error
  if (refusal.status === 503) logger.error({ err: cause, source }, refusal.detail)
  else
    logger.warn({ source, status: refusal.status, detail: refusal.detail }, 'nothing of a request is taken')
  return refusal
}
