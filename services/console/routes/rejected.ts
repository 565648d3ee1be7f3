import { REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { reasonCodeShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import { CURSOR_CHARACTERS_MAX, readCursor, writeCursor } from './cursor.ts'
import { monthParameter, name } from './parameters.ts'
import {
  type Columns,
  chooseFormat,
  eachPage,
  sendTable,
  TABLE_PROBLEMS,
  tableContent,
} from './table-format.ts'

const ROWS_MAX = 1_000
/** So many of a file at a time. */
const FILE_PAGE_ROWS = 10_000

const rejectedShape = z.object({
  partition: z.int(),
  offset: z.int(),
  eventIndex: z.int(),
  appendTime: z.string().describe('when the log got it, in UTC'),
  reason: z.string(),
  detail: z.string(),
  source: z.string(),
  file: z.string(),
  position: z.string().nullable(),
  excerpt: z.string().describe('how the record is written; what it says stays in the log'),
  events: z.int().describe('that the row stands for'),
  state: z.enum(REJECTED_STATES),
  stateReason: z.string(),
  stateActor: z.string(),
})
const countedRejectedShape = z.object({ reason: z.string(), state: z.enum(REJECTED_STATES), events: z.int() })

type Rejected = z.output<typeof rejectedShape>
const REJECTED_COLUMNS: Columns<Rejected> = [
  ['partition', 'count', each => BigInt(each.partition)],
  ['offset', 'count', each => BigInt(each.offset)],
  ['event_index', 'count', each => BigInt(each.eventIndex)],
  ['append_time', 'text', each => each.appendTime],
  ['reason', 'text', each => each.reason],
  ['detail', 'text', each => each.detail],
  ['source', 'text', each => each.source],
  ['file', 'text', each => each.file],
  ['position', 'text', each => each.position],
  ['excerpt', 'text', each => each.excerpt],
  ['events', 'count', each => BigInt(each.events)],
  ['state', 'text', each => each.state],
  ['state_reason', 'text', each => each.stateReason],
  ['state_actor', 'text', each => each.stateActor],
]
type RejectedPlace = Pick<Rejected, 'appendTime' | 'partition' | 'offset' | 'eventIndex'>
type RejectedAsked = {
  readonly period: BillingPeriod | null
  readonly reason: string | null
  readonly source: string | null
  readonly after: RejectedPlace | null
  readonly rowsMax: number
}
type RejectedPage = {
  readonly reasons: readonly z.input<typeof countedRejectedShape>[]
  readonly events: readonly Rejected[]
}

const rejectedPageShape = z.object({
  reasons: z.array(countedRejectedShape).readonly().describe('of the month, or of all time'),
  events: z.array(rejectedShape).readonly(),
  next: z.string().nullable(),
})

export type RejectedReads = {
  /** Newest first. */
  listRejected(asked: RejectedAsked): Promise<RejectedPage>
  /** The same without the sums by reason. */
  listRejectedRows(asked: RejectedAsked): Promise<readonly Rejected[]>
}

const number = wholeNumberShape(0, Number.MAX_SAFE_INTEGER)
const placeShape = z
  .tuple([z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/), number, number, number])
  .transform(([appendTime, partition, offset, eventIndex]) => ({ appendTime, partition, offset, eventIndex }))

export function addRejectedRoute(
  app: ConsoleServer,
  { listRejected, listRejectedRows }: RejectedReads,
): void {
  app.get(
    '/v1/rejected',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Events that could not be counted, newest first, and how many for each reason',
        querystring: z.strictObject({
          month: monthParameter.optional().describe('only those that may belong to it'),
          reason: reasonCodeShape.optional(),
          source: name.optional(),
          after: z.string().max(CURSOR_CHARACTERS_MAX).optional().describe('the `next` of the page before'),
          limit: wholeNumberShape(1, ROWS_MAX).default(100),
        }),
        response: {
          200: {
            description: 'A page as JSON; as CSV or Parquet all events that were asked for, from `after` on',
            content: tableContent(rejectedPageShape),
          },
          ...TABLE_PROBLEMS,
          422: problemShape,
        },
      },
    },
    async ({ query, headers }, reply) => {
      const asked = {
        period: query.month === undefined ? null : parseBillingPeriod(query.month),
        reason: query.reason ?? null,
        source: query.source ?? null,
        after: query.after === undefined ? null : readCursor(query.after, placeShape),
      }
      const format = chooseFormat(headers.accept)
      if (format !== 'json') {
        const pages = eachPage<Rejected>(FILE_PAGE_ROWS, last =>
          listRejectedRows({ ...asked, after: last ?? asked.after, rowsMax: FILE_PAGE_ROWS }),
        )
        return sendTable(reply, format, REJECTED_COLUMNS, pages)
      }
      // One more tells whether there are more.
      const page = await listRejected({ ...asked, rowsMax: query.limit + 1 })
      const events = page.events.slice(0, query.limit)
      const last = page.events.length > query.limit ? events.at(-1) : undefined
      return { reasons: page.reasons, events, next: last === undefined ? null : writeCursor(toPlace(last)) }
    },
  )
}

function toPlace({ appendTime, partition, offset, eventIndex }: Rejected): string[] {
  return [appendTime, String(partition), String(offset), String(eventIndex)]
}
