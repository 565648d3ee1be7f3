import type { CaseAction, CaseEvent, Covered, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { Exact, roundToOre } from '../rating/price-lines.ts'
import { coverOverage } from './cover-overage.ts'

/** Pure: what a person's action in a case comes to as a step. Whether the step may be is for takeStep. */
export function toEvent(known: DialogueCase, action: CaseAction): CaseEvent {
  switch (action.kind) {
    case 'contact':
      return { kind: 'contacted' }
    case 'note':
      return { kind: 'noted', followUp: action.followUp ?? null }
    case 'reopen':
      return { kind: 'reopened', months: chooseReopened(known, action.months) }
    case 'decide': {
      const months = chooseMonths(known, action.months)
      const seen = known.months.filter(({ month }) => months.includes(month)).map(coverOverage)
      const covers = seen.map(covered => ({ ...covered, agreedNok: agreeOn(covered, action) }))
      const { outcome, sharePercent = null, withoutContact = null } = action
      return { kind: 'decided', outcome, months, covers, sharePercent, withoutContact }
    }
  }
}

type Decide = Extract<CaseAction, { kind: 'decide' }>

function agreeOn({ proposedNok }: Covered, { amountNok, sharePercent }: Decide): string | null {
  if (amountNok !== undefined && amountNok !== null) return new Exact(amountNok).toFixed(2)
  if (sharePercent === undefined || sharePercent === null) return null
  return roundToOre(new Exact(proposedNok).times(sharePercent).div(100))
}

function chooseReopened({ months }: DialogueCase, chosen: readonly string[] | null): readonly string[] {
  if (chosen !== null) return [...new Set(chosen)].toSorted()
  const decided = months.filter(each => each.decisions.length > 0)
  return (decided.length > 0 ? decided : months).map(each => each.month)
}

/** Of a case without an undecided month, all: so that the refusal says how they were decided. */
function chooseMonths({ months }: DialogueCase, chosen: readonly string[] | null): readonly string[] {
  if (chosen !== null) return [...new Set(chosen)].toSorted()
  const undecided = months.filter(each => each.outcome === null)
  return (undecided.length > 0 ? undecided : months).map(each => each.month)
}
