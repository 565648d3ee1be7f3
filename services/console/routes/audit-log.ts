import { actEntryShape } from '@forbruk/schemas/access/act.ts'
import { z } from 'zod'
import type { AccessOperations } from '../access/operations.ts'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'

const ENTRIES_MAX = 1_000
const cursorShape = z.tuple([z.iso.datetime(), z.uuid()])

const querystring = z.strictObject({
  after: z.string().max(100).optional().describe('the `next` of the page before'),
  limit: z.coerce.number().int().min(1).max(ENTRIES_MAX).default(200),
})

/** Who did what: an administrator's. */
export function addAuditRoutes(app: ConsoleServer, { listActs }: Pick<AccessOperations, 'listActs'>): void {
  app.get(
    '/v1/audit-log',
    {
      config: { access: { role: 'admin' } },
      schema: {
        summary: 'Who did what, newest first',
        querystring,
        response: {
          200: z.object({ entries: z.array(actEntryShape).readonly(), next: z.string().nullable() }),
          422: problemShape,
        },
      },
    },
    async ({ query: { after, limit } }) => {
      const before = after === undefined ? null : readCursor(after)
      const entries = await listActs({ before, limit })
      const last = entries.length < limit ? undefined : entries.at(-1)
      return { entries, next: last === undefined ? null : `${last.at}~${last.entryId}` }
    },
  )
}

function readCursor(text: string) {
  const cursor = cursorShape.safeParse(text.split('~'))
  if (cursor.success) return { at: cursor.data[0], entryId: cursor.data[1] }
  const detail = 'after is no cursor; expected the `next` of the page before, as it was'
  throw new ProblemError({ kind: 'question_unclear', status: 422, detail })
}
