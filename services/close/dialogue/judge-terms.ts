import type { CaseAction, CaseEvent, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { Exact } from '../rating/price-lines.ts'
import type { CaseRefusal } from './refusal.ts'

/**
 * Pure: why a person may not decide so, though the case could take the step; null where it is right. Asked of what is
 * added now; what was recorded before there were such rules stays.
 */
export function judgeTerms(known: DialogueCase, action: CaseAction, event: CaseEvent): CaseRefusal | null {
  if (action.kind !== 'decide' || event.kind !== 'decided' || event.outcome !== 'charge') return null
  if (event.withoutContact === null && !isContacted(known)) return { kind: 'not_contacted' }
  const { covers } = event
  if ((action.amountNok ?? null) !== null && covers.length > 1) {
    return { kind: 'amount_of_months', months: covers.map(({ month }) => month) }
  }
  const above = covers.find(({ agreedNok, proposedNok }) => new Exact(agreedNok ?? 0).gt(proposedNok))
  return above === undefined
    ? null
    : { kind: 'amount_above', month: above.month, proposedNok: above.proposedNok }
}

/** Since it was opened, or there was more than had been talked about. */
function isContacted({ steps }: DialogueCase): boolean {
  const asked = steps.findLastIndex(({ kind }) => kind === 'opened' || kind === 'exceeded')
  return steps.slice(asked).some(({ kind }) => kind === 'contacted')
}
