import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import type { Operations } from './operations.ts'

export function addHealthRoutes(app: ConsoleServer, { checkStore }: Operations): void {
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
}
