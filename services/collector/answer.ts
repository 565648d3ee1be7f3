import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { BOUNDS } from './bounds.ts'
import type { Refusal } from './refusal.ts'
import type { Taken } from './take-events.ts'

/** What became of a body at `/v1/events`. */
const takenShape = z.strictObject({
  /** In the log, to be counted. */
  events: z.int().nonnegative(),
  /** In the log, kept with the reason why each can't be counted. */
  rejected: z.int().nonnegative(),
})

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const SAFE_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
/** Where the answer has no body to say it. */
const REJECTED_HEADER = 'forbruk-rejected'

/** As Forbruk answers at its own path, and as OpenMeter does at each of its own. */
export type AnswerStyle = 'forbruk' | 'openmeter' | 'openmeter_v3'

export function answerTaken(taken: Taken, style: AnswerStyle): Answer {
  const rejected = taken.rejected === 0 ? {} : { [REJECTED_HEADER]: String(taken.rejected) }
  const headers = { ...SAFE_HEADERS, ...rejected }
  switch (style) {
    case 'forbruk':
      return { ...answerJson(200, takenShape.parse(taken)), headers: { ...headers, ...JSON_HEADERS } }
    case 'openmeter':
      return { status: 204, headers, body: '' }
    case 'openmeter_v3':
      return { status: 202, headers, body: '' }
  }
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

export function answerJson(status: number, body: unknown): Answer {
  return { status, headers: { ...SAFE_HEADERS, ...JSON_HEADERS }, body: `${JSON.stringify(body)}\n` }
}

/** Problem details, as RFC 9457 has them. */
export function answerRefusal({ kind, status, detail }: Refusal): Answer {
  const body = { type: `urn:forbruk:problem:${kind}`, title: STATUS_CODES[status] ?? 'Error', status, detail }
  const headers: Record<string, string> = {
    ...SAFE_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
  }
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  if (status === 405) headers.allow = 'POST'
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
