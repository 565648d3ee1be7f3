import { accessTokenShape, newTokenShape, revocationShape } from '@forbruk/schemas/access/access-token.ts'
import { z } from 'zod'
import { nameCaller } from '../access/caller.ts'
import type { AccessOperations } from '../access/operations.ts'
import type { TokenBook } from '../access/token-book.ts'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'

const madeShape = z.object({
  token: accessTokenShape,
  secret: z.string().describe('what its holder presents, told this once'),
})
const nameParameters = z.strictObject({ name: z.string().max(256).describe('as it was made') })

/** Who may use the console: an administrator's. */
export function addTokenRoutes(
  app: ConsoleServer,
  { listTokens, makeToken, revokeToken }: AccessOperations,
  book: TokenBook,
): void {
  app.get(
    '/v1/access/tokens',
    {
      config: { access: { role: 'admin' } },
      schema: {
        summary: 'Every token that was made, and the sessions in force',
        response: { 200: z.object({ tokens: z.array(accessTokenShape).readonly() }) },
      },
    },
    async () => ({ tokens: await listTokens() }),
  )
  app.post(
    '/v1/access/tokens',
    {
      config: { access: { role: 'admin', act: 'make_token', answersSecret: true } },
      schema: {
        summary: 'Makes a token; what its holder presents is in this answer alone',
        body: newTokenShape,
        response: { 200: madeShape, 400: problemShape, 409: problemShape },
      },
    },
    async ({ body, caller }) => {
      const answer = await makeToken(body, nameCaller(caller))
      book.forget()
      if (answer.kind === 'refused')
        throw new ProblemError({ kind: 'token_refused', status: 409, detail: answer.detail })
      return { token: answer.token, secret: answer.secret }
    },
  )
  app.post(
    '/v1/access/tokens/:name/revoke',
    {
      config: { access: { role: 'admin', act: 'revoke_token' } },
      schema: {
        summary: 'Ends a token or a session, for good, within two seconds',
        params: nameParameters,
        body: revocationShape,
        response: { 200: z.object({ name: z.string() }), 404: problemShape },
      },
    },
    async ({ params: { name }, body, caller }) => {
      const isKnown = await revokeToken(name, { ...body, revokedBy: nameCaller(caller) })
      book.forget()
      if (isKnown) return { name }
      throw new ProblemError({ kind: 'not_found', status: 404, detail: `no token has the name ${name}` })
    },
  )
}
