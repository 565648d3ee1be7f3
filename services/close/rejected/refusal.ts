import type { StandingRule } from '@forbruk/schemas/rejected/waiver-rule.ts'

/** Why a standing rule was not added or ended. */
type RuleRefusal =
  | { readonly kind: 'name_taken'; readonly rule: StandingRule }
  | { readonly kind: 'ended_before'; readonly end: NonNullable<StandingRule['ended']> }

/** Nothing was recorded. The command ends with exit code 3. */
export class RuleRefusedError extends Error {
  override name = 'RuleRefusedError'
  readonly refusal: RuleRefusal
  constructor(rule: string, refusal: RuleRefusal) {
    super(`rule ${rule}: ${describeRuleRefusal(refusal)}`)
    this.refusal = refusal
  }
}

/** There is no rule of that name: wrong usage. */
export class RuleUnknownError extends Error {
  override name = 'RuleUnknownError'
  constructor(rule: string, known: readonly string[]) {
    const have = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`
    super(`no standing rule has the name ${rule}; ${have}`)
  }
}

function describeRuleRefusal(refusal: RuleRefusal): string {
  switch (refusal.kind) {
    case 'name_taken': {
      const { actor, addedAt } = refusal.rule
      return (
        `${actor} added another one of this name at ${addedAt}; ` +
        'rules are never changed: end it, and take a new name'
      )
    }
    case 'ended_before': {
      const { actor, endedAt, untilMonth } = refusal.end
      return `${actor} ended it with ${untilMonth} at ${endedAt}; what ended is never changed: add a new one`
    }
  }
}
