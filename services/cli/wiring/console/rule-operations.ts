import { addRule } from '@forbruk/close/rejected/add-rule.ts'
import { endRule } from '@forbruk/close/rejected/end-rule.ts'
import { readRules } from '@forbruk/close/rejected/read-rules.ts'
import { RuleRefusedError, RuleUnknownError } from '@forbruk/close/rejected/refusal.ts'
import type { Operations, RuleAnswer } from '@forbruk/console/routes/operations.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { StandingRule } from '@forbruk/schemas/rejected/waiver-rule.ts'

type RuleParts = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** What the console does with standing rules. */
export function createRuleOperations({
  store,
  stream,
  clock,
}: RuleParts): Pick<Operations, 'listRules' | 'addRule' | 'endRule'> {
  return {
    listRules: () => readRules(store, stream),
    addRule: rule => answerRule(addRule({ store, stream, rule, clock })),
    endRule: (name, end) => answerRule(endRule({ store, stream, name, end, clock })),
  }
}

async function answerRule(asking: Promise<StandingRule>): Promise<RuleAnswer> {
  try {
    return { kind: 'rule', rule: await asking }
  } catch (error) {
    if (error instanceof RuleUnknownError) return { kind: 'unknown', detail: error.message }
    if (error instanceof RuleRefusedError) return { kind: 'refused', detail: error.message }
    throw error
  }
}
