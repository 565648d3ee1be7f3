import {
  ALERT_KINDS,
  ALERT_LEVELS,
  ALERT_METRICS,
  DELIVERY_STATES,
} from '@forbruk/schemas/alert/usage-alert.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
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
const limit = wholeNumberShape(1, ROWS_MAX).default(100)

const obstacleShape = z.object({ reason: z.string(), path: z.string(), since: z.string() })
const instanceShape = z.object({
  instance: z.string(),
  host: z.string().describe('what its machine calls itself'),
  through: z.string().describe('what it vouches for'),
  heard: z.string().describe('when its newest mark came'),
  isCopied: z.boolean().describe('a copy of its progress is at work'),
  retired: z.string().nullable().describe('why; null while the source waits for it'),
})
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
        instances: z
          .array(instanceShape)
          .readonly()
          .describe('its shippers, where marks say which gave them'),
        retired: z.string().nullable().describe('why; null while it lives'),
      }),
    )
    .readonly(),
  silent: z.array(expectedShape.extend({ source: z.string() })).readonly(),
})

const SOURCE_COLUMNS: Columns<z.input<typeof sourcesShape>['sources'][number]> = [
  ['source', 'text', each => each.source],
  ['format', 'text', each => each.format],
  ['events', 'count', each => BigInt(each.events)],
  ['events_marked', 'count', each => BigInt(each.eventsMarked)],
  ['missing', 'count', each => BigInt(each.missing)],
  ['through', 'text', each => each.through],
  ['gives_marks', 'text', each => String(each.givesMarks)],
  ['obstacles', 'count', each => BigInt(each.obstacles.total)],
  ['retired', 'text', each => each.retired],
]

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
  listAlerts(filter: AlertsAsked): Promise<readonly z.input<typeof alertShape>[]>
  readStatus(): Promise<z.input<typeof statusShape>>
}

type AlertsAsked = { readonly month: string | null; readonly client: string | null; readonly limit: number }

export function addPipelineRoutes(app: ConsoleServer, reads: PipelineReads): void {
  const { readSources, listAlerts, readStatus } = reads
  app.get(
    '/v1/sources',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Where events come from, how far each source says that it is, and what is missing',
        response: {
          200: {
            description: 'The sources; as CSV or Parquet those that have shipped something',
            content: tableContent(sourcesShape),
          },
          ...TABLE_PROBLEMS,
        },
      },
    },
    async ({ headers }, reply) => {
      const format = chooseFormat(headers.accept)
      const answer = await readSources()
      return format === 'json' ? answer : sendTable(reply, format, SOURCE_COLUMNS, onePage(answer.sources))
    },
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
