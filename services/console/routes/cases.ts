import {
  actorShape,
  CASE_STATES,
  caseActionShape,
  monthShape,
  OUTCOMES,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { caseSummaryShape, toSummary } from './case-summary.ts'
import type { CaseAnswer, Operations } from './operations.ts'
import { name } from './parameters.ts'

const outcome = z.enum(OUTCOMES)

const caseShape = z.looseObject({
  caseId: z.string(),
  clientId: z.string(),
  clientName: z.string(),
  state: z.enum(CASE_STATES),
  sequence: z.int().describe('of its last step; the next one says which it follows'),
  months: z.array(z.looseObject({ month: z.string(), outcome: outcome.nullable() })),
  steps: z.array(z.looseObject({ kind: z.string(), sequence: z.int(), at: z.string(), actor: z.string() })),
})

const stepBody = z.strictObject({
  actor: actorShape.describe('who did it'),
  expectedSequence: z
    .int()
    .min(1)
    .describe('the `sequence` of the case as it was seen: refused when another step came since'),
  action: caseActionShape,
})

const caseParameters = z.strictObject({ id: z.string().describe('percent-encoded, such as acme%2F2026-10') })

export function addCaseRoutes(app: ConsoleServer, { listCases, readCase, addCaseStep }: Operations): void {
  app.get(
    '/v1/cases',
    {
      schema: {
        summary: 'The dialogue with clients above their allowance, newest months first',
        querystring: z.strictObject({
          state: z.enum(CASE_STATES).optional(),
          client: name.optional(),
          month: monthShape.optional(),
        }),
        response: { 200: z.object({ cases: z.array(caseSummaryShape) }) },
      },
    },
    async ({ query }) => {
      const cases = await listCases({ state: query.state, clientId: query.client, month: query.month })
      return { cases: cases.map(toSummary) }
    },
  )
  app.get(
    '/v1/cases/:id',
    {
      schema: {
        summary: 'A case with its evidence and all that happened in it',
        params: caseParameters,
        response: { 200: caseShape, 404: problemShape },
      },
    },
    async ({ params }) => toBody(await readCase(params.id)),
  )
  app.post(
    '/v1/cases/:id/steps',
    {
      schema: {
        summary: 'Adds a step: contacted, a note, the decision, or that it is taken back',
        params: caseParameters,
        body: stepBody,
        response: { 200: caseShape, 400: problemShape, 404: problemShape, 409: problemShape },
      },
    },
    async ({ params, body }) => toBody(await addCaseStep({ caseId: params.id, ...body })),
  )
}

function toBody(answer: CaseAnswer) {
  switch (answer.kind) {
    case 'case': {
      const { months, steps, ...rest } = answer.case
      return { ...rest, months: months.map(each => ({ ...each })), steps: steps.map(each => ({ ...each })) }
    }
    case 'unknown':
      throw new ProblemError({ kind: 'not_found', status: 404, detail: answer.detail })
    case 'refused':
      throw new ProblemError({
        kind: 'case_refused',
        status: 409,
        detail: answer.detail,
        more: { refusal: answer.refusal },
      })
  }
}
