import type {
  CaseAction,
  CaseEvent,
  CaseMonth,
  Covered,
  DialogueCase,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
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
      return { kind: 'reopened', months: chooseMonths(known, action.months, isDecided) }
    case 'decide': {
      const months = chooseMonths(known, action.months, isOpen)
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

const isOpen = ({ outcome }: CaseMonth) => outcome === null
const isDecided = ({ decisions }: CaseMonth) => decisions.length > 0

/** Those that are named, else those that it can be about. Where that is none, all: so that the refusal says why. */
function chooseMonths(
  { months }: DialogueCase,
  named: readonly string[] | null,
  canBeAbout: (month: CaseMonth) => boolean,
): readonly string[] {
  if (named !== null) return [...new Set(named)].toSorted()
  const some = months.filter(canBeAbout)
  return (some.length > 0 ? some : months).map(each => each.month)
}
