import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { clientMonthShape } from '@forbruk/schemas/usage/client-question.ts'
import { waitingShape } from '@forbruk/schemas/waiting/waiting.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import {
  type ClientsFound,
  countText,
  type MonthFacts,
  monthFactsShape,
  toClientBody,
} from './month-facts.ts'
import { monthParameter } from './parameters.ts'

const sumsShape = z.object({ requests: countText, requestBytes: countText, responseBytes: countText })
const daysShape = z.object({
  month: z.string(),
  total: sumsShape.describe('of the month as far as it is counted'),
  days: z
    .array(sumsShape.extend({ day: z.string() }))
    .readonly()
    .describe('days on which anything was counted'),
})

export const freshnessShape = z.object({
  lag: z.int().describe('records of the log that are not counted yet'),
  newestRecordAt: z.string().nullable().describe('when the log got the newest record that is counted'),
  standing: z.int().describe('partitions that nobody counts on, though there are records'),
  detail: z.string().describe('the same in words'),
})

export const completenessShape = z.object({
  through: z
    .string()
    .nullable()
    .describe(
      'every source that gives marks has shipped everything up to then; null while one has not said so',
    ),
  missing: z.int().describe('events that sources have shipped and that have not arrived'),
  sources: z.int().describe('that a month waits for, or that have shipped anything, and are not retired'),
  withoutMarks: z.int().describe('of them, those that say nothing of how far they are'),
  silent: z.array(z.string()).readonly().describe('expected, and never heard of'),
  detail: z.string().describe('the same in words'),
})

const overviewShape = z.object({
  ...monthFactsShape.shape,
  usage: daysShape,
  before: daysShape.nullable().describe('the month before; null where there can be none'),
  compared: z
    .object({
      days: z.int().describe('whole days of the month that are over, from the first one on'),
      usage: sumsShape.describe('of these days'),
      before: sumsShape.describe('of as many days of the month before'),
    })
    .nullable()
    .describe('this month against the same days of the last; null on its first day'),
  totals: z.object({ over: z.int(), heading: z.int(), near: z.int() }).describe('clients, by how they stand'),
  clients: z
    .array(clientMonthShape)
    .readonly()
    .describe('those over, heading over or near an allowance, the largest share first, at most twenty'),
  freshness: freshnessShape,
  completeness: completenessShape,
  waiting: z.array(waitingShape).readonly(),
  open: z
    .object({ cases: z.int(), rejectedEvents: z.int() })
    .describe('dialogue cases that are not decided, and rejected events that are neither mended nor waived'),
})

export type OverviewReads = {
  /** Null: of the running month. */
  readOverview(period: BillingPeriod | null): Promise<Overview>
}

export type Overview = Omit<z.input<typeof overviewShape>, 'clients' | keyof MonthFacts> & ClientsFound

export function addOverviewRoute(app: ConsoleServer, { readOverview }: OverviewReads): void {
  app.get(
    '/v1/overview',
    {
      schema: {
        summary: 'A month at a glance: usage against the month before, who is near an allowance, what waits',
        querystring: z.strictObject({
          month: monthParameter.optional().describe('this one, unless another is named'),
        }),
        response: { 200: overviewShape },
      },
    },
    async ({ query }) => {
      const period = query.month === undefined ? null : parseBillingPeriod(query.month)
      const { facts, clients, ...overview } = await readOverview(period)
      return { ...facts, ...overview, clients: clients.map(client => toClientBody(client, facts)) }
    },
  )
}
