import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { BOUNDS } from './bounds.ts'
import { type AnswerStyle, TAKEN_STATUS } from './paths.ts'
import type { Refusal } from './refusal.ts'
import type { Taken } from './take-events.ts'
import type { RenderedMetrics } from './tally.ts'

/** What became of a body at `/v1/events`. */
export const takenShape = z.strictObject({
  /** In the log, to be counted. */
  events: z.int().nonnegative(),
  /** In the log, kept with the reason why each can't be counted. */
  rejected: z.int().nonnegative(),
})

export const healthShape = z.strictObject({ status: z.literal('up') })

/** RFC 9457; `type` is for programs, `detail` for people. */
export const problemShape = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
})

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const SAFE_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
/** Where the answer has no body to say it. */
export const REJECTED_HEADER = 'forbruk-rejected'

export function answerTaken(taken: Taken, style: AnswerStyle): Answer {
  const rejected = taken.rejected === 0 ? {} : { [REJECTED_HEADER]: String(taken.rejected) }
  const headers = { ...SAFE_HEADERS, ...rejected }
  const status = TAKEN_STATUS[style]
  if (style !== 'forbruk') return { status, headers, body: '' }
  return { ...answerJson(status, takenShape.parse(taken)), headers: { ...headers, ...JSON_HEADERS } }
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

export function answerJson(status: number, body: unknown): Answer {
  return { status, headers: { ...SAFE_HEADERS, ...JSON_HEADERS }, body: `${JSON.stringify(body)}\n` }
}

export function answerText({ contentType, text }: RenderedMetrics): Answer {
  return { status: 200, headers: { ...SAFE_HEADERS, 'content-type': contentType }, body: text }
}

/** Problem details, as RFC 9457 has them. */
export function answerRefusal({ kind, status, detail, allow }: Refusal): Answer {
  const body = { type: `urn:forbruk:problem:${kind}`, title: STATUS_CODES[status] ?? 'Error', status, detail }
  const headers: Record<string, string> = {
    ...SAFE_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
  }
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  if (allow !== undefined) headers.allow = allow
  if (status === 429 || status === 503) headers['retry-after'] = String(BOUNDS.retryAfterSeconds)
  return { status, headers, body: `${JSON.stringify(body)}\n` }
}

/** Of a connection that brought no request. `code` is Node's. */
export function answerNoRequest(code: string | undefined): Answer {
  const refuse = (status: Refusal['status'], detail: string) =>
    answerRefusal({ kind: 'request_malformed', status, detail })
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return refuse(408, 'the request took too long to arrive')
  if (code === 'HPE_HEADER_OVERFLOW') return refuse(431, 'the headers are larger than this server takes')
  return refuse(400, 'what arrived is no HTTP request')
}
