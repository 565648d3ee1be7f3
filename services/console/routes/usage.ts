import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { parseBillingPeriod, periodDates } from '@forbruk/schemas/period/billing-period.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import {
  type SplitUse,
  USAGE_INTERVALS,
  USAGE_ORDERS,
  USAGE_SPLITS,
  type UsageQuestion,
  type UsageSplit,
  usageRowShape,
} from '@forbruk/schemas/usage/usage-question.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { CURSOR_CHARACTERS_MAX, readCursor, unclear, writeCursor } from './cursor.ts'
import type { Days, Operations, UsagePage } from './operations.ts'
import { monthParameter, name, severalOf } from './parameters.ts'
import { CSV_TYPE, chooseFormat, PARQUET_TYPE, streamCsv, tableContent } from './table-format.ts'

const ROWS_MAX = 10_000

/** As far as the store's hours reach. */
const day = z.iso.date().regex(/^20/, 'a day from 2000-01-01 to 2099-12-31')

const querystring = z.strictObject({
  month: monthParameter.optional(),
  from: day.optional().describe("the first day, of the tariff's time zone"),
  to: day.optional().describe('the day after the last'),
  by: z
    .enum(USAGE_INTERVALS)
    .optional()
    .describe('a row for each hour, day or month; without it, for all of the time'),
  split: severalOf(z.enum(USAGE_SPLITS)).describe('a row for each client, integration or status class'),
  client: severalOf(name),
  integration: severalOf(name),
  statusClass: severalOf(z.enum(STATUS_CLASSES)),
  order: z.enum(USAGE_ORDERS).default('name').describe('by time and names, or the largest first'),
  after: z.string().max(CURSOR_CHARACTERS_MAX).optional().describe('the `next` of the page before'),
  limit: wholeNumberShape(1, ROWS_MAX).default(1_000),
})

const answerShape = z.object({
  from: z.string().describe('the first instant, ISO 8601 in UTC'),
  to: z.string().describe('the instant after the last'),
  timeZone: z.string().describe('of days and months'),
  rows: z.array(usageRowShape).readonly(),
  next: z.string().nullable().describe('what to ask for next, as `after`; null at the end'),
})

export function addUsageRoutes(
  app: ConsoleServer,
  operations: Pick<Operations, 'readUsage' | 'exportUsage'>,
): void {
  const { readUsage, exportUsage } = operations
  app.get(
    '/v1/usage',
    {
      config: { access: { role: 'reader', isScoped: true, reads: 'client' } },
      schema: {
        summary: 'What was counted, of a month (this one, unless another is named) or of some days',
        querystring,
        response: {
          200: {
            description: 'A page as JSON; as CSV or Parquet all that was asked for, from `after` on',
            content: tableContent(answerShape),
          },
          403: problemShape,
          406: problemShape,
          422: problemShape,
        },
      },
    },
    async ({ query, headers, caller }, reply) => {
      const days = toDays(query)
      const question = toQuestion(query)
      const read: ReadPage = async asked => seenOf(await readUsage(caller.scope, days, asked))
      switch (chooseFormat(headers.accept)) {
        case 'json': {
          // One more tells whether there are more.
          return toPage(await read({ ...question, rowsMax: query.limit + 1 }), query)
        }
        case 'csv': {
          // What is refused is refused before a table begins.
          const first = await read({ ...question, rowsMax: ROWS_MAX })
          reply.header('vary', 'accept').type(CSV_TYPE)
          return reply.send(streamCsv(columnsOf(question), readTable(read, question, first)))
        }
        case 'parquet': {
          const rowsMax = FILE_ROWS_MAX
          const { file } = seenOf(await exportUsage(caller.scope, days, { ...question, rowsMax }))
          if (file === null) throw new ProblemError(TABLE_TOO_LARGE)
          return reply.type(PARQUET_TYPE).send(file)
        }
      }
    },
  )
}

type ReadPage = (question: UsageQuestion) => Promise<UsagePage>

function seenOf<Seen>(seen: Seen | null): Seen {
  if (seen === null) throw new ProblemError(OUT_OF_SCOPE)
  return seen
}

type Query = z.output<typeof querystring>
type Page = z.input<typeof answerShape>

/** Some tens of megabytes, which are held until they are sent. */
const FILE_ROWS_MAX = 1_000_000

const TABLE_TOO_LARGE = {
  kind: 'question_unclear',
  status: 422,
  detail:
    `the file would have more than ${FILE_ROWS_MAX} rows; expected a question with fewer days, clients or splits, ` +
    'or Accept: text/csv, which is sent as it is read',
} as const

function toQuestion({ by, split, order, after, ...only }: Query): Omit<UsageQuestion, 'rowsMax'> {
  return {
    ...{ interval: by ?? null, splits: split, order },
    ...{ clientIds: only.client, integrationIds: only.integration, statusClasses: only.statusClass },
    after: after === undefined ? null : toUse(readCursor(after, placeShape)),
  }
}

function toPage(uses: UsagePage, { by, split, limit }: Query): Page {
  const rows = uses.rows.slice(0, limit)
  const last = uses.rows.length > limit ? rows.at(-1) : undefined
  return {
    from: new Date(uses.range.startMs).toISOString(),
    to: new Date(uses.range.endMs).toISOString(),
    timeZone: uses.timeZone,
    rows: rows.map(row => toRow(row, by !== undefined, split)),
    next: last === undefined ? null : writeCursor(toPlace(last)),
  }
}

function columnsOf({ interval, splits }: Pick<UsageQuestion, 'interval' | 'splits'>): string[] {
  const names = new Set(splits.map(split => COLUMN_OF[split]))
  return [...(interval === null ? [] : ['at']), ...names, 'requests', 'request_bytes', 'response_bytes']
}

const COLUMN_OF = {
  client: 'client_id',
  integration: 'integration_id',
  statusClass: 'status_class',
} as const satisfies Record<UsageSplit, string>

/** Page by page, each of one moment. */
async function* readTable(read: ReadPage, question: Omit<UsageQuestion, 'rowsMax'>, first: UsagePage) {
  const splits = [...new Set(question.splits)]
  for (let { rows } = first; ; ) {
    yield rows.map(use => [
      ...(question.interval === null ? [] : [use.at]),
      ...splits.map(
        split =>
          ({ client: use.clientId, integration: use.integrationId, statusClass: use.statusClass })[split],
      ),
      ...[use.requests, use.requestBytes, use.responseBytes],
    ])
    const after = rows.at(-1)
    if (after === undefined || rows.length < ROWS_MAX) return
    rows = (await read({ ...question, after, rowsMax: ROWS_MAX })).rows
  }
}

/** Null: this month. */
function toDays({ month, from, to }: z.output<typeof querystring>): Days | null {
  if (from === undefined && to === undefined)
    return month === undefined ? null : periodDates(parseBillingPeriod(month))
  if (month !== undefined || from === undefined || to === undefined)
    throw unclear('expected a month, or the first day (from) with the day after the last (to)')
  if (from >= to)
    throw unclear(`no day lies between ${from} and ${to}; expected the day after the last as to`)
  return { first: from, afterLast: to }
}

function toRow(use: SplitUse, isByTime: boolean, splits: readonly UsageSplit[]) {
  return {
    at: isByTime ? use.at : null,
    clientId: splits.includes('client') ? use.clientId : null,
    integrationId: splits.includes('integration') ? use.integrationId : null,
    statusClass: splits.includes('statusClass') ? use.statusClass : null,
    requests: String(use.requests),
    requestBytes: String(use.requestBytes),
    responseBytes: String(use.responseBytes),
  }
}

const countShape = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt)
const placeShape = z.tuple([name, name, name, name, countShape, countShape, countShape])

function toPlace(use: SplitUse): string[] {
  const { at, clientId, integrationId, statusClass } = use
  const counts = [use.requests, use.requestBytes, use.responseBytes].map(String)
  return [at, clientId, integrationId, statusClass, ...counts]
}

function toUse(place: z.output<typeof placeShape>): SplitUse {
  const [at, clientId, integrationId, statusClass, requests, requestBytes, responseBytes] = place
  return { at, clientId, integrationId, statusClass, requests, requestBytes, responseBytes }
}

/** Whether there is such a client is not told. */
const OUT_OF_SCOPE = {
  kind: 'scope_exceeded',
  status: 403,
  detail: 'a client is named of which this token sees nothing at that time',
} as const
