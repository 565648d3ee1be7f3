import { ruleEndShape, standingRuleShape, waiverRuleShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import type { Operations, RuleAnswer } from './operations.ts'

const nameParameters = z.strictObject({ name: z.string().describe('as it was added') })

export function addRejectedRuleRoutes(app: ConsoleServer, { listRules, addRule, endRule }: Operations): void {
  app.get(
    '/v1/rejected/rules',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'What closes may let go of rejected events without a person who looks at each',
        response: { 200: z.object({ rules: z.array(standingRuleShape).readonly() }) },
      },
    },
    async () => ({ rules: await listRules() }),
  )
  app.post(
    '/v1/rejected/rules',
    {
      config: { access: { role: 'closer', act: 'add_rule' } },
      schema: {
        summary: 'Adds a standing rule; its name is never used twice',
        body: waiverRuleShape,
        response: { 200: standingRuleShape, 400: problemShape, 409: problemShape },
      },
    },
    async ({ body }) => toBody(await addRule(body)),
  )
  app.post(
    '/v1/rejected/rules/:name/end',
    {
      config: { access: { role: 'closer', act: 'end_rule' } },
      schema: {
        summary: 'Ends a standing rule with a month',
        params: nameParameters,
        body: ruleEndShape,
        response: { 200: standingRuleShape, 400: problemShape, 404: problemShape, 409: problemShape },
      },
    },
    async ({ params, body }) => toBody(await endRule(params.name, body)),
  )
}

function toBody(answer: RuleAnswer) {
  switch (answer.kind) {
    case 'rule':
      return answer.rule
    case 'unknown':
      throw new ProblemError({ kind: 'not_found', status: 404, detail: answer.detail })
    case 'refused':
      throw new ProblemError({ kind: 'rule_refused', status: 409, detail: answer.detail })
  }
}
