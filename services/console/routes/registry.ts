import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { importedShape, type Operations } from './operations.ts'
import { monthParameter } from './parameters.ts'

/** A hundred thousand clients with their activations are some twenty megabytes. */
const BODY_BYTES_MAX = 64 * 1_024 * 1_024

const csv = z.string().describe('the text of the CSV file, header included')
const bodyShape = z.strictObject({
  clients: csv,
  partners: csv,
  integrations: csv,
  activations: csv,
  validFrom: monthParameter
    .optional()
    .describe('the first month it holds for; without it, this month, and of the very first import every one'),
})

export function addRegistryRoutes(app: ConsoleServer, { importRegistry }: Operations): void {
  app.post(
    '/v1/registry',
    {
      bodyLimit: BODY_BYTES_MAX,
      schema: {
        summary: 'Import the registry, all or nothing',
        body: bodyShape,
        response: { 200: importedShape, 400: problemShape, 413: problemShape, 422: problemShape },
      },
    },
    async request => {
      const { validFrom, ...tables } = request.body
      const files = new Map(
        Object.entries(tables).map(([name, text]) => [`${name}.csv`, Buffer.from(text, 'utf8')]),
      )
      const answer = await importRegistry(
        files,
        validFrom === undefined ? null : parseBillingPeriod(validFrom),
      )
      if (answer.kind === 'imported') return answer.imported
      throw new ProblemError({
        kind: 'registry_faulty',
        status: 422,
        detail: `nothing was imported: ${answer.faultCount} mistakes`,
        more: { faults: answer.faults, faultCount: answer.faultCount },
      })
    },
  )
}
