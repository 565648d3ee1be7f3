import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ConsoleServer } from './build-server.ts'
import { ProblemError } from './problem.ts'

/** What was answered under a key. */
type KeptAnswer = { readonly asked: string; readonly status: number; readonly answer: string }

export type AnswerKeeping = {
  /** Null: nothing, or so long ago that it is forgotten. */
  findAnswer(key: string): Promise<KeptAnswer | null>
  keepAnswer(answer: KeptAnswer & { readonly key: string }): Promise<void>
}

/** Of the draft «The Idempotency-Key HTTP Header Field», quoted or not. */
export const IDEMPOTENCY_KEY_PATTERN = '^([A-Za-z0-9_.:-]{1,200}|"[A-Za-z0-9_.:-]{1,200}")$'
const idempotencyKeyShape = z.string().regex(new RegExp(IDEMPOTENCY_KEY_PATTERN))

const LIMIT_BYTES = 1_024 * 1_024
type Running = { readonly key: string; readonly asked: string }

/**
 * A write that comes again under the same Idempotency-Key is answered as the first one was, and not done again; another
 * request under it is refused. What was refused did nothing, and may be asked again under its key. Who dies between
 * doing and keeping is asked again too, and does what is still to be done, as without a key.
 */
export function answerOnce(app: ConsoleServer, { findAnswer, keepAnswer }: AnswerKeeping): void {
  const running = new Map<FastifyRequest, Running>()
  const keys = new Set<string>()

  app.addHook('preHandler', async (request, reply) => {
    const given = request.headers['idempotency-key']
    if (request.method !== 'POST' || given === undefined) return
    const unkept = whyUnkept(request)
    if (unkept !== null) throw refused(`${unkept}; expected no Idempotency-Key`, 422)
    const { key, asked } = digest(request, readKey(given))
    if (keys.has(key))
      throw refused('the same is being done under this key now; ask again when that is done', 409)
    // Before the first wait, so that of two at a time one is second.
    keys.add(key)
    running.set(request, { key, asked })
    const kept = await findAnswer(key)
    if (kept === null) return
    release(request)
    if (kept.asked !== asked) {
      throw refused('another request was made under this Idempotency-Key; expected a key of its own', 422)
    }
    return answerKept(reply, kept)
  })
  const release = (request: FastifyRequest) => {
    const one = running.get(request)
    running.delete(request)
    if (one !== undefined) keys.delete(one.key)
    return one
  }
  app.addHook('onSend', async (request, reply, payload) => {
    const one = running.get(request)
    if (one === undefined) return
    const { statusCode: status } = reply
    if (typeof payload !== 'string' || status !== 200) return
    if (Buffer.byteLength(payload) <= LIMIT_BYTES) await keepAnswer({ ...one, status, answer: payload })
  })
  app.addHook('onResponse', async request => void release(request))
  app.addHook('onRequestAbort', async request => void release(request))
}

/** Why what is answered isn't kept; null where it is. */
function whyUnkept({ body, routeOptions: { config } }: FastifyRequest): string | null {
  if (body instanceof Readable) return 'an import is known by its content'
  if (config.access?.answersSecret === true) return 'the answer holds a secret, which is told once'
  // Else whoever is not known could fill the store.
  if (config.access?.role === 'anybody') return 'nothing is kept for those who are not known yet'
  return null
}

function readKey(given: string | string[]): string {
  const key = idempotencyKeyShape.safeParse(given)
  if (key.success) return key.data.replaceAll('"', '')
  throw new ProblemError({
    kind: 'request_malformed',
    status: 400,
    detail: 'the header Idempotency-Key is not right: expected 1 to 200 letters, digits and . : _ -',
  })
}

/** Two callers may choose the same key: each has its own. */
function digest({ method, url, headers, body }: FastifyRequest, key: string): Running {
  return {
    key: hash([headers.authorization ?? '', headers.cookie ?? '', key]),
    asked: hash([method, url, JSON.stringify(body)]),
  }
}

function hash(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function answerKept(reply: FastifyReply, { status, answer }: KeptAnswer) {
  return reply.code(status).type('application/json; charset=utf-8').send(answer)
}

function refused(detail: string, status: 409 | 422): ProblemError {
  return new ProblemError({ kind: 'key_refused', status, detail })
}
