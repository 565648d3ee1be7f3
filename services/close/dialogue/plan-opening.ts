import type { DialogueCase, Evidence, Overage } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { formatCaseId } from './case-id.ts'
import type { MonthOverage } from './find-overage.ts'
import { type Dialogue, findCaseOfMonth, findOpenCase } from './fold-dialogue.ts'

/** What a recorded month asks of a client's dialogue. */
export type PlannedStep = {
  readonly kind: 'opened' | 'month_added' | 'evidence_changed'
  readonly caseId: string
}

/**
 * Pure: the step by which the dialogue comes to know a month's overage; null where it knows. A month stays in the case
 * it came into, whatever later revisions say of it, so that nothing is opened twice; a newer revision with another
 * overage, or with none, is told there, also after a decision, which stands.
 */
export function planOpening(
  dialogue: Dialogue,
  month: string,
  revision: number,
  overage: MonthOverage,
): PlannedStep | null {
  const holder = findCaseOfMonth(dialogue, month)
  if (holder !== null) {
    const known = holder.months.find(each => each.month === month)?.evidence
    const isNews = known !== undefined && revision > known.revision && !isSameOverage(known, overage)
    return isNews ? { kind: 'evidence_changed', caseId: holder.caseId } : null
  }
  if (isWithin(overage)) return null
  const open: DialogueCase | null = findOpenCase(dialogue)
  return open === null
    ? { kind: 'opened', caseId: formatCaseId(dialogue.clientId, month) }
    : { kind: 'month_added', caseId: open.caseId }
}

function isWithin({ requests, transfer }: Pick<Evidence, 'requests' | 'transfer'>): boolean {
  return requests === null && transfer === null
}

function isSameOverage(known: Evidence, found: MonthOverage): boolean {
  return isSame(known.requests, found.requests) && isSame(known.transfer, found.transfer)
}

function isSame(a: Overage | null, b: Overage | null): boolean {
  if (a === null || b === null) return a === b
  return a.included === b.included && a.above === b.above && a.amountNok === b.amountNok
}
