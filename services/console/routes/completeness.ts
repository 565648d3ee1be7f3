import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { monthParameter } from './parameters.ts'

const completenessOfMonthShape = z.object({
  month: z.string(),
  stream: z.string(),
  isComplete: z.boolean().describe('whether a close would be let through'),
  missing: z
    .array(
      z.object({
        kind: z.string(),
        detail: z.string().describe('what is missing and what to do'),
        partition: z.int().nullable().describe('where it is missing; null where it is not one partition'),
        source: z.string().nullable().describe('the same of a source'),
      }),
    )
    .readonly(),
  estimate: z
    .object({
      notBefore: z.string().nullable().describe('null when nothing tells'),
      basis: z.array(z.string()).readonly().describe('what it rests on, and what nobody can tell'),
    })
    .nullable()
    .describe('of when it is complete; null when it is'),
  partitions: z
    .array(
      z.object({
        partition: z.int(),
        neededOffset: z.int().describe('up to which the month must be counted'),
        nextOffset: z.int().nullable().describe('up to which it is; null where nothing of it was'),
        uncounted: z.int().describe('records of the month that are not counted yet, at most'),
      }),
    )
    .readonly(),
  sources: z
    .array(
      z.object({
        source: z.string().describe('empty: a gateway that sends by itself'),
        neededThrough: z.string().describe('up to which it must have shipped: the end of the month'),
        through: z.string().nullable().describe('up to which it has; null until it has said so'),
        givesMarks: z
          .boolean()
          .describe('false: it says nothing of how far it is, and the grace stands for it'),
        missing: z.int().describe('events shipped and not arrived; below 0 when more arrived'),
        retired: z.string().nullable().describe('why; null while it lives'),
      }),
    )
    .readonly(),
})

export type CompletenessReads = {
  /** Rates nothing. While counting of a month that is over lags, it is watched for a second. */
  readMonthCompleteness(period: BillingPeriod): Promise<z.input<typeof completenessOfMonthShape>>
}

export function addCompletenessRoute(app: ConsoleServer, { readMonthCompleteness }: CompletenessReads): void {
  app.get(
    '/v1/months/:month/completeness',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Whether a month can be closed, and what is missing of it by partition and source',
        params: z.strictObject({ month: monthParameter }),
        response: { 200: completenessOfMonthShape },
      },
    },
    ({ params }) => readMonthCompleteness(parseBillingPeriod(params.month)),
  )
}
