import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { tariffVersionShape } from '@forbruk/schemas/tariff/read-tariff.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import { found, monthParameter } from './parameters.ts'

const querystring = z.strictObject({
  month: monthParameter.optional().describe('this one, unless another is named'),
})

const heldShape = z.object({ from: z.string().nullable(), until: z.string().nullable() })
const versionShape = z.object({
  sequence: z.int(),
  importId: z.string(),
  importedAt: z.string(),
  holds: heldShape
    .nullable()
    .describe('the months it holds for, half-open; null where a later import corrected all of it'),
  clients: z.int(),
  partners: z.int(),
  integrations: z.int(),
  activations: z.int(),
})

const registryShape = z.object({
  month: z.string(),
  holding: versionShape.nullable().describe('what the month is rated with; null where none holds'),
  imports: z.array(versionShape).readonly().describe('every one, newest first'),
})

const tariffShape = z.object({
  month: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  version: tariffVersionShape.describe('what the month is rated with'),
  sentences: z.array(z.string()).readonly().describe('the same in words, as statements print it'),
  versions: z.array(z.string()).readonly().describe('the first month of each version, oldest first'),
})

/** What a month is rated by; of the running month where none is named. */
export type TermsReads = {
  readRegistry(period: BillingPeriod | null): Promise<z.input<typeof registryShape>>
  /** Null: none holds for the month. */
  readTariff(period: BillingPeriod | null): Promise<z.input<typeof tariffShape> | null>
}

export function addTermsRoutes(app: ConsoleServer, { readRegistry, readTariff }: TermsReads): void {
  const toPeriod = (month: string | undefined) => (month === undefined ? null : parseBillingPeriod(month))
  app.get(
    '/v1/registry',
    {
      schema: {
        summary: 'Which import of the registry holds for a month, and every other one',
        querystring,
        response: { 200: registryShape },
      },
    },
    ({ query }) => readRegistry(toPeriod(query.month)),
  )
  app.get(
    '/v1/tariff',
    {
      schema: {
        summary: 'The prices, allowances and definitions that hold for a month',
        querystring,
        response: { 200: tariffShape, 404: problemShape },
      },
    },
    async ({ query }) => found(await readTariff(toPeriod(query.month)), 'no tariff holds for the month yet'),
  )
}
