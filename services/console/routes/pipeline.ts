import {
  ALERT_KINDS,
  ALERT_LEVELS,
  ALERT_METRICS,
  DELIVERY_STATES,
} from '@forbruk/schemas/alert/usage-alert.ts'
import { REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { reasonCodeShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import { CURSOR_CHARACTERS_MAX, readCursor, writeCursor } from './cursor.ts'
import { countText } from './month-facts.ts'
import { completenessShape, freshnessShape } from './overview.ts'
import { monthParameter, name } from './parameters.ts'
import { standstillShape } from './standstill.ts'
import {
  type Columns,
  chooseFormat,
  onePage,
  sendTable,
  TABLE_PROBLEMS,
  tableContent,
} from './table-format.ts'

const ROWS_MAX = 1_000
const month = monthParameter.optional()
const limit = z.coerce.number().int().min(1).max(ROWS_MAX).default(100)

const obstacleShape = z.object({ reason: z.string(), path: z.string(), since: z.string() })
const expectedShape = z.object({ fromMonth: z.string().nullable(), actor: z.string() })

const sourcesShape = z.object({
  completeness: completenessShape,
  sources: z
    .array(
      z.object({
        source: z.string().describe('empty: a gateway that sends by itself'),
        format: z.string(),
        events: z.int().describe('counted or rejected, each once'),
        eventsMarked: z.int().describe('shipped, by its marks'),
        missing: z.int().describe('shipped and not arrived; below 0 when more arrived'),
        through: z.string().nullable().describe('shipped and counted up to then; null until it has said so'),
        givesMarks: z.boolean(),
        expected: expectedShape.nullable(),
        obstacles: z.object({ total: z.int(), listed: z.array(obstacleShape).readonly() }),
        retired: z.string().nullable().describe('why; null while it lives'),
      }),
    )
    .readonly(),
  silent: z.array(expectedShape.extend({ source: z.string() })).readonly(),
})

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

const alertShape = z.object({
  alertId: z.string(),
  clientId: z.string(),
  month: z.string(),
  metric: z.enum(ALERT_METRICS),
  kind: z.enum(ALERT_KINDS),
  level: z.literal(ALERT_LEVELS),
  used: countText,
  allowance: countText,
  forecast: countText.nullable(),
  raisedAt: z.string(),
  publishedAt: z.string().nullable(),
  topic: z.string(),
  partition: z.int().nullable(),
  offset: z.string().nullable(),
  webhooks: z
    .array(
      z.object({
        webhook: z.string(),
        state: z.enum(DELIVERY_STATES),
        attempts: z.int(),
        detail: z.string(),
      }),
    )
    .readonly(),
})

const ALERT_COLUMNS: Columns<z.input<typeof alertShape>> = [
  ['alert_id', 'text', each => each.alertId],
  ['client_id', 'text', each => each.clientId],
  ['month', 'text', each => each.month],
  ['metric', 'text', each => each.metric],
  ['kind', 'text', each => each.kind],
  ['level', 'count', each => BigInt(each.level)],
  ['used', 'count', each => BigInt(each.used)],
  ['allowance', 'count', each => BigInt(each.allowance)],
  ['forecast', 'count', each => (each.forecast === null ? null : BigInt(each.forecast))],
  ['raised_at', 'text', each => each.raisedAt],
  ['published_at', 'text', each => each.publishedAt],
]

const statusShape = z.object({
  stream: z.string(),
  asOf: z.string(),
  freshness: freshnessShape,
  completeness: completenessShape,
  rate: z
    .object({ requests: countText, seconds: z.int() })
    .describe('requests of the last whole hour, as far as they are counted'),
  partitions: z
    .array(
      z.object({
        partition: z.int(),
        endOffset: z.int(),
        nextOffset: z.int().describe('everything below is counted'),
        lag: z.int(),
        requests: z.int(),
        duplicates: z.int(),
        rejected: z.int(),
        lastAppendTime: z.string().nullable(),
      }),
    )
    .readonly(),
  standstills: z.array(standstillShape).readonly(),
})

export type PipelineReads = {
  readSources(): Promise<z.input<typeof sourcesShape>>
  /** Newest first. */
  listRejected(asked: RejectedAsked): Promise<RejectedPage>
  /** Newest first. */
  listAlerts(filter: AlertsAsked): Promise<readonly z.input<typeof alertShape>[]>
  readStatus(): Promise<z.input<typeof statusShape>>
}

type AlertsAsked = { readonly month: string | null; readonly client: string | null; readonly limit: number }

export function addPipelineRoutes(app: ConsoleServer, reads: PipelineReads): void {
  const { readSources, listAlerts, readStatus } = reads
  addRejected(app, reads)
  app.get(
    '/v1/sources',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Where events come from, how far each source says that it is, and what is missing',
        response: { 200: sourcesShape },
      },
    },
    () => readSources(),
  )
  app.get(
    '/v1/status',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'How far the log is counted, how fast, and how fresh that is',
        response: { 200: statusShape },
      },
    },
    () => readStatus(),
  )
  app.get(
    '/v1/alerts',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Usage alerts, newest first, and how far each has come',
        querystring: z.strictObject({ month, client: name.optional(), limit }),
        response: {
          200: {
            description: 'The alerts',
            content: tableContent(z.object({ alerts: z.array(alertShape).readonly() })),
          },
          ...TABLE_PROBLEMS,
        },
      },
    },
    async ({ query, headers }, reply) => {
      const format = chooseFormat(headers.accept)
      const asked = query.month === undefined ? null : parseBillingPeriod(query.month).month
      const alerts = await listAlerts({ month: asked, client: query.client ?? null, limit: query.limit })
      if (format !== 'json') return sendTable(reply, format, ALERT_COLUMNS, onePage(alerts))
      return { alerts }
    },
  )
}

const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const placeShape = z
  .tuple([z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/), number, number, number])
  .transform(([appendTime, partition, offset, eventIndex]) => ({ appendTime, partition, offset, eventIndex }))

function addRejected(app: ConsoleServer, { listRejected }: Pick<PipelineReads, 'listRejected'>): void {
  app.get(
    '/v1/rejected',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Events that could not be counted, newest first, and how many for each reason',
        querystring: z.strictObject({
          month: month.describe('only those that may belong to it'),
          reason: reasonCodeShape.optional(),
          source: name.optional(),
          after: z.string().max(CURSOR_CHARACTERS_MAX).optional().describe('the `next` of the page before'),
          limit,
        }),
        response: {
          200: z.object({
            reasons: z.array(countedRejectedShape).readonly().describe('of the month, or of all time'),
            events: z.array(rejectedShape).readonly(),
            next: z.string().nullable(),
          }),
          422: problemShape,
        },
      },
    },
    async ({ query }) => {
      const page = await listRejected({
        period: query.month === undefined ? null : parseBillingPeriod(query.month),
        reason: query.reason ?? null,
        source: query.source ?? null,
        after: query.after === undefined ? null : readCursor(query.after, placeShape),
        // One more tells whether there are more.
        rowsMax: query.limit + 1,
      })
      const events = page.events.slice(0, query.limit)
      const last = page.events.length > query.limit ? events.at(-1) : undefined
      return { reasons: page.reasons, events, next: last === undefined ? null : writeCursor(toPlace(last)) }
    },
  )
}

function toPlace({ appendTime, partition, offset, eventIndex }: Rejected): string[] {
  return [appendTime, String(partition), String(offset), String(eventIndex)]
}
