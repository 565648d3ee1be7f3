import {
  actorShape,
  CASE_STATES,
  type CaseSummary,
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
import {
  type Columns,
  chooseFormat,
  onePage,
  sendTable,
  TABLE_PROBLEMS,
  tableContent,
} from './table-format.ts'

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
      config: { access: { role: 'reader', reads: 'client' } },
      schema: {
        summary: 'The dialogue with clients above their allowance, newest months first',
        querystring: z.strictObject({
          state: z.enum(CASE_STATES).optional(),
          client: name.optional(),
          month: monthShape.optional(),
        }),
        response: {
          200: {
            description: 'The cases',
            content: tableContent(z.object({ cases: z.array(caseSummaryShape) })),
          },
          ...TABLE_PROBLEMS,
        },
      },
    },
    async ({ query, headers }, reply) => {
      const format = chooseFormat(headers.accept)
      const cases = await listCases({ state: query.state, clientId: query.client, month: query.month })
      if (format !== 'json') return sendTable(reply, format, COLUMNS, onePage(cases))
      return { cases: cases.map(toSummary) }
    },
  )
  app.get(
    '/v1/cases/:id',
    {
      config: { access: { role: 'reader', reads: 'id' } },
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
      config: { access: { role: 'account_manager', act: 'add_case_step' } },
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

const COLUMNS: Columns<CaseSummary> = [
  ['case_id', 'text', each => each.caseId],
  ['client_id', 'text', each => each.clientId],
  ['client_name', 'text', each => each.clientName],
  ['payer_id', 'text', each => each.payerId],
  ['payer_name', 'text', each => each.payerName],
  ['state', 'text', each => each.state],
  ['opened_month', 'text', each => each.openedMonth],
  ['months', 'text', each => each.months.join(' ')],
  ['overage_requests', 'count', each => BigInt(each.overageRequests)],
  ['overage_bytes', 'count', each => BigInt(each.overageBytes)],
  ['proposed_nok', 'text', each => each.proposedNok],
  ['charged_nok', 'text', each => each.chargedNok],
  ['open_nok', 'text', each => each.openNok],
  ['decision', 'text', each => each.decision],
  ['opened_at', 'text', each => each.openedAt],
  ['decided_at', 'text', each => each.decidedAt],
  ['last_step_at', 'text', each => each.lastStepAt],
  ['follow_up', 'text', each => each.followUp],
]

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
