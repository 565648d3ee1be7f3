import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { BrowserCookie } from '../access/browser-cookie.ts'
import type { AccessOperations } from '../access/operations.ts'
import type { TokenBook } from '../access/token-book.ts'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError } from '../server/problem.ts'
import type { Attempt, Provider } from './provider.ts'

type LoginParts = {
  readonly provider: Provider
  /** Where browsers reach the console; null: at the address that they asked, which is of this machine. */
  readonly publicUrl: URL | null
  readonly book: TokenBook
  /** Of who is logged in. */
  readonly session: BrowserCookie
  /** Of who is at the provider. */
  readonly attempt: BrowserCookie
}

const LOGIN = '/v1/access/login'
const CALLBACK = '/v1/access/login/callback'

const attemptShape = z.object({
  ...{ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() },
})

/** A page of ours: another site's would be told by ours to whoever logs in. */
const returnToShape = z
  .string()
  .max(1_000)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/)
  .default('/')

/** For browsers, which are sent on: people log in at the provider, and come back with a session. */
export function addLoginRoutes(
  app: ConsoleServer,
  { provider, publicUrl, book, session, attempt }: LoginParts,
  { beginSession, recordActs }: Pick<AccessOperations, 'beginSession' | 'recordActs'>,
): void {
  const config = { access: { role: 'anybody' } } as const
  const hide = true
  const redirectUrl = (request: FastifyRequest) =>
    new URL(CALLBACK, publicUrl ?? `http://${request.headers.host}`)
  app.get(
    LOGIN,
    { config, schema: { hide, querystring: z.strictObject({ returnTo: returnToShape }) } },
    async (request, reply) => {
      const begun = await provider.begin(redirectUrl(request)).catch(error => {
        request.log.error({ err: error }, 'the login provider can’t be asked')
        throw new ProblemError(AWAY)
      })
      attempt.set(reply, JSON.stringify({ ...begun.attempt, returnTo: request.query.returnTo }))
      return reply.redirect(begun.url.href)
    },
  )
  app.get(
    CALLBACK,
    // What stands in it is the provider's, and is read by the library.
    { config, schema: { hide, querystring: z.looseObject({}) } },
    async (request, reply) => {
      const kept = readAttempt(attempt.read(request))
      attempt.clear(reply)
      if (kept === null) throw refused('the login was not begun in this browser, or took too long')
      const returned = new URL(redirectUrl(request))
      returned.search = new URL(request.url, returned).search
      const person = await finish(request, returned, kept)
      if (person === null) throw refused('the provider names nobody')
      const { actor, roles } = person
      if (roles.length === 0) throw refused(`${actor} is known to the provider, and has no role here`)
      const { secret } = await beginSession(person)
      book.forget()
      const act = {
        act: 'log_in',
        subject: '',
        actor,
        via: 'session',
        saidActor: null,
        reason: null,
      } as const
      await recordActs([act])
      session.set(reply, secret)
      return reply.redirect(kept.returnTo)
    },
  )

  async function finish(request: FastifyRequest, returned: URL, kept: Attempt) {
    try {
      return await provider.finish(returned, kept)
    } catch (error) {
      // What a provider or a stranger wrote into an address is not shown to whoever opened it.
      request.log.warn({ err: error }, 'a login was refused')
      throw refused('what came back is not what the provider was asked for; log in again')
    }
  }
}

function readAttempt(text: string | null) {
  if (text === null) return null
  try {
    return attemptShape.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function refused(detail: string): ProblemError {
  return new ProblemError({ kind: 'login_refused', status: 403, detail })
}

const AWAY = {
  kind: 'login_unavailable',
  status: 503,
  detail: 'the login provider does not answer now; try again later',
} as const
