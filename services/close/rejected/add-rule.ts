import { isDeepStrictEqual } from 'node:util'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { rejectedRule } from '@forbruk/infra/store/tables/rejected-rule.ts'
import type { StandingRule, WaiverRule } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { readRules } from './read-rules.ts'
import { RuleRefusedError } from './refusal.ts'

type AddOptions = {
  readonly store: Store
  readonly stream: string
  readonly rule: WaiverRule
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * Records a standing rule, for good; the same one again is that one. Throws RuleRefusedError where another one has, or
 * had, its name.
 */
export async function addRule({ store, stream, rule, clock }: AddOptions): Promise<StandingRule> {
  const { name } = rule
  const held = await putIfAbsent({
    store,
    table: rejectedRule,
    values: [{ ...rule, stream, addedAt: new Date(clock()).toISOString() }],
    key: JSON.stringify([stream, name]),
    read: async () => (await readRules(store, stream)).find(each => each.name === name) ?? null,
  })
  const { addedAt: _, ended: __, ...asked } = held
  if (!isDeepStrictEqual(asked, rule)) throw new RuleRefusedError(name, { kind: 'name_taken', rule: held })
  return held
}
