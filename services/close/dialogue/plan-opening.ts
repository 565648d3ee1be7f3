import type { DialogueCase, Evidence, Overage } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { formatCaseId } from './case-id.ts'
import { exceeds } from './cover-overage.ts'
import { isWithin, type MonthOverage } from './find-overage.ts'
import { type Dialogue, findCaseOfMonth, findOpenCase } from './fold-dialogue.ts'

/** What a recorded month asks of a client's dialogue. */
export type PlannedStep = {
  readonly kind: 'opened' | 'month_added' | 'evidence_changed' | 'exceeded'
  readonly caseId: string
}

/**
 * Pure: the step by which the dialogue comes to know a month's overage; null where it knows. A month stays in the case
 * it came into, whatever later revisions say of it, so that nothing is opened twice; a newer revision with another
 * overage, or with none, is told there. A decision stands for what it covers; what exceeds it is a new question.
 */
export function planOpening(
  dialogue: Dialogue,
  month: string,
  revision: number,
  overage: MonthOverage,
): PlannedStep | null {
  const holder = findCaseOfMonth(dialogue, month)
  if (holder !== null) {
    const kind = planNews(holder, month, revision, overage)
    return kind === null ? null : { kind, caseId: holder.caseId }
  }
  if (isWithin(overage)) return null
  const open: DialogueCase | null = findOpenCase(dialogue)
  return open === null
    ? { kind: 'opened', caseId: formatCaseId(dialogue.clientId, month) }
    : { kind: 'month_added', caseId: open.caseId }
}

function planNews(
  holder: DialogueCase,
  month: string,
  revision: number,
  overage: MonthOverage,
): 'evidence_changed' | 'exceeded' | null {
  const entry = holder.months.find(each => each.month === month)
  if (entry === undefined || revision < entry.evidence.revision) return null
  const decision = entry.outcome === null ? undefined : entry.decisions.at(-1)
  if (decision !== undefined && exceeds(overage, decision.covered)) return 'exceeded'
  return revision > entry.evidence.revision && !isSameOverage(entry.evidence, overage)
    ? 'evidence_changed'
    : null
}

function isSameOverage(known: Evidence, found: MonthOverage): boolean {
  return isSame(known.requests, found.requests) && isSame(known.transfer, found.transfer)
}

function isSame(a: Overage | null, b: Overage | null): boolean {
  if (a === null || b === null) return a === b
  return a.included === b.included && a.above === b.above && a.amountNok === b.amountNok
}
