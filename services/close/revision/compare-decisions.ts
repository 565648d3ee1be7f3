import { type Decided, WITHOUT_BOUND } from '../rating/price-overage.ts'
import type { Decisions } from '../rating/rate.ts'

/**
 * Pure: the decisions of a recorded revision, those without a bound with the bounds that they turned out to have. That
 * decisions are bound now is another rule, not another decision.
 */
export function adoptBounds(recorded: Decisions, known: Decisions): Decisions {
  return new Map(
    [...recorded].map(([clientId, ofClient]) => {
      const adopt = (decided: Decided, index: number): Decided => {
        const bound = known.get(clientId)?.[index]
        const isSame = decided.requests === WITHOUT_BOUND.requests && bound?.outcome === decided.outcome
        return isSame ? bound : decided
      }
      return [clientId, ofClient.map(adopt)]
    }),
  )
}

export function isEqualDecisions(before: Decisions, after: Decisions): boolean {
  return (
    before.size === after.size &&
    [...before].every(([clientId, ofClient]) => isEqualDecided(ofClient, after.get(clientId) ?? []))
  )
}

function isEqualDecided(before: readonly Decided[], after: readonly Decided[]): boolean {
  return (
    before.length === after.length &&
    before.every(
      (decided, index) =>
        decided.outcome === after[index]?.outcome &&
        decided.requests === after[index].requests &&
        decided.requestsNok === after[index].requestsNok &&
        decided.bytes === after[index].bytes &&
        decided.transferNok === after[index].transferNok &&
        decided.agreedNok === after[index].agreedNok,
    )
  )
}

/** For people: `charge`, or `waived, then charge` where a later decision is about what exceeds the first. */
export function describeDecided(decisions: readonly Decided[]): string {
  const show = ({ outcome, agreedNok }: Decided) =>
    agreedNok === null ? outcome : `${outcome} NOK ${agreedNok} as agreed`
  return decisions.length === 0 ? 'none' : decisions.map(show).join(', then ')
}
