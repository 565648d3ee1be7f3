import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { rejectedRuleEnd } from '@forbruk/infra/store/tables/rejected-rule.ts'
import type { RuleEnd, StandingRule } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { readRules } from './read-rules.ts'
import { RuleRefusedError, RuleUnknownError } from './refusal.ts'

type EndOptions = {
  readonly store: Store
  readonly stream: string
  readonly name: string
  readonly end: RuleEnd
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * Records the last month of a standing rule, once. Throws RuleUnknownError, and RuleRefusedError for one that was ended
 * otherwise before.
 */
export async function endRule({ store, stream, name, end, clock }: EndOptions): Promise<StandingRule> {
  const readRule = async () => {
    const rules = await readRules(store, stream)
    const known = rules.find(rule => rule.name === name)
    if (known !== undefined) return known
    const names = rules.map(rule => rule.name)
    throw new RuleUnknownError(name, names)
  }
  await readRule()
  const endedAt = new Date(clock()).toISOString()
  const held = await putIfAbsent({
    store,
    table: rejectedRuleEnd,
    values: [{ ...end, stream, name, endedAt }],
    key: JSON.stringify([stream, name]),
    read: async () => (await readRule()).ended,
  })
  if (held.untilMonth !== end.untilMonth)
    throw new RuleRefusedError(name, { kind: 'ended_before', end: held })
  return readRule()
}
