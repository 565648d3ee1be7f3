import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import type { Operations } from './operations.ts'
import { standstillShape } from './standstill.ts'

const readyShape = z.object({
  status: z.enum(['ok', 'standing']),
  /** What nobody counts on, though there are records. */
  standstills: z.array(standstillShape).readonly(),
})

export function addHealthRoutes(app: ConsoleServer, { checkStore, findStandstills }: Operations): void {
  app.get(
    '/v1/health',
    {
      schema: {
        summary: 'Whether the console and its store answer',
        response: { 200: z.object({ status: z.literal('ok') }), 503: problemShape },
      },
    },
    async () => {
      await checkStore()
      return { status: 'ok' as const }
    },
  )
  app.get(
    '/v1/ready',
    {
      schema: {
        summary: 'Whether all that is in the event log is counted on, by this process or another',
        response: { 200: readyShape, 503: z.union([readyShape, problemShape]) },
      },
    },
    async (_request, reply) => {
      await checkStore()
      const standstills = findStandstills()
      if (standstills.length === 0) return { status: 'ok' as const, standstills }
      return reply.code(503).send({ status: 'standing', standstills })
    },
  )
}
