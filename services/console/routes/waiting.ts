import { waitingShape } from '@forbruk/schemas/waiting/waiting.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import type { Operations } from './operations.ts'

export function addWaitingRoutes(app: ConsoleServer, { listWaiting }: Operations): void {
  app.get(
    '/v1/waiting',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'What is known and waits for a person, with what to do, oldest months first',
        response: { 200: z.object({ waiting: z.array(waitingShape).readonly() }) },
      },
    },
    async () => ({ waiting: await listWaiting() }),
  )
}
