import type { CaseMonth, MonthDecision, Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { groupDigits } from './table.ts'

type Fate = Pick<CaseMonth, 'outcome' | 'decisions'> & {
  readonly evidence: Pick<CaseMonth['evidence'], 'requests' | 'transfer'>
}

/** What becomes of a month's overage, as it stands now: as decided, as agreed, or of what isn't there any more. */
export function describeFate({ evidence, outcome, decisions }: Fate): string {
  const [first, ...more] = decisions
  const isGone = evidence.requests === null && evidence.transfer === null
  if (first === undefined) return isGone ? 'undecided' : 'proposed'
  const decided = more.length === 0 ? describeOnly(first) : decisions.map(describeOneOf).join(', ')
  if (isGone) return `decided before: ${decided}`
  return outcome === null ? `${decided}, what exceeds that is proposed` : decided
}

function describeOnly({ outcome, covered: { agreedNok } }: MonthDecision): string {
  if (outcome !== 'charge' || agreedNok === null) return nameOutcome(outcome)
  return `NOK ${groupDigits(agreedNok)} of it to be charged, as agreed`
}

/** Each is about what exceeds the one before it. */
function describeOneOf({ outcome, covered: { agreedNok, proposedNok } }: MonthDecision): string {
  return `NOK ${groupDigits(agreedNok ?? proposedNok)} ${nameOutcome(outcome)}`
}

export function nameOutcome(outcome: Outcome): string {
  switch (outcome) {
    case 'charge':
      return 'to be charged'
    case 'waived':
      return 'waived'
    case 'reduced_usage':
      return 'waived, reduced usage agreed'
  }
}
