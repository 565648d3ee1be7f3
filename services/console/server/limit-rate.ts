import type { FastifyInstance } from 'fastify'
import { ProblemError } from './problem.ts'
import { RateLimit } from './rate-limit.ts'

/** Of one address; a page asks for some tens. */
const RATE = { requestsMax: 6_000, windowMs: 60_000 } as const

/** As the draft «RateLimit header fields for HTTP» has them. */
export function limitRate(app: Pick<FastifyInstance, 'addHook'>): void {
  const limit = new RateLimit(RATE)
  const policy = `"address";q=${RATE.requestsMax};w=${RATE.windowMs / 1_000}`
  app.addHook('onRequest', async (request, reply) => {
    // Whole: of fractions, a window of 60 s may come to a little more than that.
    const { isAllowed, remaining, resetMs } = limit.take(request.ip, Math.trunc(performance.now()))
    const seconds = Math.ceil(resetMs / 1_000)
    reply.header('ratelimit-policy', policy).header('ratelimit', `"address";r=${remaining};t=${seconds}`)
    if (isAllowed) return
    reply.header('retry-after', String(seconds))
    const detail = `more than ${RATE.requestsMax} requests in ${RATE.windowMs / 1_000} s; ask again in ${seconds} s`
    throw new ProblemError({ kind: 'too_many_requests', status: 429, detail })
  })
}
