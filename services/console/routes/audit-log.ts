import { type ActEntry, actEntryShape } from '@forbruk/schemas/access/act.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { z } from 'zod'
import type { AccessOperations } from '../access/operations.ts'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import {
  type Columns,
  chooseFormat,
  eachPage,
  sendTable,
  TABLE_PROBLEMS,
  tableContent,
} from './table-format.ts'

const ENTRIES_MAX = 1_000
const cursorShape = z.tuple([z.iso.datetime(), z.uuid()])

const querystring = z.strictObject({
  after: z.string().max(100).optional().describe('the `next` of the page before'),
  limit: wholeNumberShape(1, ENTRIES_MAX).default(200),
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
          200: {
            description: 'A page as JSON; as CSV or Parquet all of it, from `after` on',
            content: tableContent(
              z.object({ entries: z.array(actEntryShape).readonly(), next: z.string().nullable() }),
            ),
          },
          ...TABLE_PROBLEMS,
          422: problemShape,
        },
      },
    },
    async ({ query: { after, limit }, headers }, reply) => {
      const before = after === undefined ? null : readCursor(after)
      const format = chooseFormat(headers.accept)
      if (format !== 'json') {
        const pages = eachPage<ActEntry>(ENTRIES_MAX, last =>
          listActs({ before: last ?? before, limit: ENTRIES_MAX }),
        )
        return sendTable(reply, format, COLUMNS, pages)
      }
      const entries = await listActs({ before, limit })
      const last = entries.length < limit ? undefined : entries.at(-1)
      return { entries, next: last === undefined ? null : `${last.at}~${last.entryId}` }
    },
  )
}

const COLUMNS: Columns<ActEntry> = [
  ['entry_id', 'text', each => each.entryId],
  ['at', 'text', each => each.at],
  ['act', 'text', each => each.act],
  ['subject', 'text', each => each.subject],
  ['actor', 'text', each => each.actor],
  ['via', 'text', each => each.via],
  ['said_actor', 'text', each => each.saidActor],
  ['outcome', 'text', each => each.outcome],
]

function readCursor(text: string) {
  const cursor = cursorShape.safeParse(text.split('~'))
  if (cursor.success) return { at: cursor.data[0], entryId: cursor.data[1] }
  const detail = 'after is no cursor; expected the `next` of the page before, as it was'
  throw new ProblemError({ kind: 'question_unclear', status: 422, detail })
}
