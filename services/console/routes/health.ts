import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import { haltShape, type Operations, standstillShape } from './operations.ts'

const readyShape = z.object({
  status: z.enum(['ok', 'standing', 'halted']),
  /** What nobody counts on, though there are records. */
  standstills: z.array(standstillShape).readonly(),
  /** Intakes that come no further before a person has seen to it. */
  halts: z.array(haltShape).readonly(),
})

export function addHealthRoutes(
  app: ConsoleServer,
  { checkStore, findStandstills, findHalts }: Operations,
): void {
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
        summary:
          'Whether all that is in the event log is counted on, by this process or another, and no intake is halted',
        response: { 200: readyShape, 503: z.union([readyShape, problemShape]) },
      },
    },
    async (_request, reply) => {
      await checkStore()
      const standstills = findStandstills()
      const halts = await findHalts()
      if (standstills.length > 0) return reply.code(503).send({ status: 'standing', standstills, halts })
      if (halts.length > 0) return reply.code(503).send({ status: 'halted', standstills, halts })
      return { status: 'ok' as const, standstills, halts }
    },
  )
}
