import type { CaseAction, CaseEvent, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { coverOverage } from './cover-overage.ts'

/** Pure: what a person's action in a case comes to as a step. Whether the step may be is for takeStep. */
export function toEvent(known: DialogueCase, action: CaseAction): CaseEvent {
  switch (action.kind) {
    case 'contact':
      return { kind: 'contacted' }
    case 'note':
      return { kind: 'noted' }
    case 'decide': {
      const months = chooseMonths(known, action.months)
      const covers = known.months.filter(({ month }) => months.includes(month)).map(coverOverage)
      return { kind: 'decided', outcome: action.outcome, months, covers }
    }
  }
}

/** Of a case without an undecided month, all: so that the refusal says how they were decided. */
function chooseMonths({ months }: DialogueCase, chosen: readonly string[] | null): readonly string[] {
  if (chosen !== null) return [...new Set(chosen)].toSorted()
  const undecided = months.filter(each => each.outcome === null)
  return (undecided.length > 0 ? undecided : months).map(each => each.month)
}
