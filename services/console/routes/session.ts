import { ROLES } from '@forbruk/schemas/access/role.ts'
import { z } from 'zod'
import type { BrowserCookie } from '../access/browser-cookie.ts'
import type { Caller } from '../access/caller.ts'
import type { Gate } from '../access/gate.ts'
import type { AccessOperations } from '../access/operations.ts'
import type { TokenBook } from '../access/token-book.ts'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'

const callerShape = z.object({
  actor: z
    .string()
    .nullable()
    .describe('null: whoever reached the console, where nobody has to say who they are'),
  via: z.enum(['loopback', 'setting', 'token', 'session']),
  roles: z.array(z.enum(ROLES)).readonly(),
  clientId: z.string().nullable().describe('sees this client alone'),
  partnerId: z.string().nullable().describe('sees this partner and its clients alone'),
  expiresAt: z.string().nullable(),
})
const sessionShape = z.object({ caller: callerShape.nullable(), hasLogin: z.boolean() })

type SessionParts = {
  readonly gate: Gate
  readonly book: TokenBook
  readonly cookie: BrowserCookie
  readonly hasLogin: boolean
}

/** For pages: who one is, and a cookie in a token's place. Anybody may ask; what they may do is told by the answer. */
export function addSessionRoutes(
  app: ConsoleServer,
  { gate, book, cookie, hasLogin }: SessionParts,
  { revokeToken }: Pick<AccessOperations, 'revokeToken'>,
): void {
  const config = { access: { role: 'anybody' } } as const
  app.get(
    '/v1/access/session',
    {
      config,
      schema: { summary: 'Who the caller is, and what they may do', response: { 200: sessionShape } },
    },
    async request => ({ caller: toBody(await gate.identify(request)), hasLogin }),
  )
  app.post(
    '/v1/access/session',
    {
      config,
      schema: {
        summary: 'Logs in with a token, which a cookie then keeps for eight hours',
        body: z.strictObject({ token: z.string().min(1).max(512) }),
        response: { 200: sessionShape, 401: problemShape },
      },
    },
    async ({ body }, reply) => {
      const caller = await gate.identifySecret(body.token)
      if (caller === null) throw new ProblemError(UNKNOWN)
      cookie.set(reply, body.token)
      return { caller: toBody(caller), hasLogin }
    },
  )
  app.post(
    '/v1/access/session/end',
    {
      config,
      schema: {
        summary: 'Logs out: takes the cookie back, and ends the session that a login began',
        body: z.strictObject({}),
        response: { 200: z.object({ ended: z.boolean() }) },
      },
    },
    async (request, reply) => {
      const kept = cookie.read(request)
      const caller = kept === null ? null : await gate.identifySecret(kept)
      cookie.clear(reply)
      if (caller?.via === 'session' && caller.token !== null) {
        const revokedBy = caller.actor ?? caller.token
        await revokeToken(caller.token, { revokedBy, reason: 'logged out' })
        book.forget()
      }
      return { ended: caller !== null }
    },
  )
}

const UNKNOWN = {
  kind: 'token_missing',
  status: 401,
  detail: 'this token is not known, or holds no longer',
} as const

function toBody(caller: Caller | null): z.input<typeof callerShape> | null {
  if (caller === null) return null
  const { actor, via, roles, scope, expiresAt } = caller
  const clientId = scope.kind === 'client' ? scope.clientId : null
  const partnerId = scope.kind === 'partner' ? scope.partnerId : null
  return { actor, via, roles, clientId, partnerId, expiresAt }
}
