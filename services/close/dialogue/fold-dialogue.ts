import type { CaseMonth, CaseStep, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { formatCaseId } from './case-id.ts'
import { coverOverage } from './cover-overage.ts'
import type { CaseRefusal } from './refusal.ts'

/** Everything ever said with one client: its cases, oldest first. */
export type Dialogue = {
  readonly clientId: string
  /** Of the newest step in any case; 0 before the first. */
  readonly sequence: number
  readonly cases: readonly DialogueCase[]
}

type LaterStep = Exclude<CaseStep, { kind: 'opened' }>
type DecidedStep = Extract<CaseStep, { kind: 'decided' }>

type TakenStep =
  | { readonly ok: true; readonly dialogue: Dialogue }
  | { readonly ok: false; readonly refusal: CaseRefusal }

export function emptyDialogue(clientId: string): Dialogue {
  return { clientId, sequence: 0, cases: [] }
}

/** Pure: the dialogue after one more step, or why it can't be. */
export function takeStep(dialogue: Dialogue, step: CaseStep): TakenStep {
  const refusal = judgeStep(dialogue, step)
  return refusal === null ? { ok: true, dialogue: applyStep(dialogue, step) } : { ok: false, refusal }
}

/** The newest. Older ones are open only where a decision was exceeded or taken back. */
export function findOpenCase(dialogue: Dialogue): DialogueCase | null {
  return dialogue.cases.findLast(each => each.state === 'open') ?? null
}

export function findCaseOfMonth(dialogue: Dialogue, month: string): DialogueCase | null {
  return dialogue.cases.find(each => each.months.some(known => known.month === month)) ?? null
}

function judgeStep(dialogue: Dialogue, step: CaseStep): CaseRefusal | null {
  const expected = dialogue.sequence + 1
  if (step.sequence !== expected) return { kind: 'sequence_wrong', expected, found: step.sequence }
  if (step.kind === 'opened') return judgeOpening(dialogue, step)
  const known = dialogue.cases.find(each => each.caseId === step.caseId)
  if (known === undefined) return { kind: 'case_unknown' }
  switch (step.kind) {
    case 'month_added':
      return judgeClosed(known) ?? judgeNewMonth(dialogue, step.month)
    case 'evidence_changed':
      return judgeMonths(known, [step.month], entry => judgeEvidence(entry, step.evidence.revision))
    case 'exceeded':
      return judgeMonths(known, [step.month], entry => judgeExceeded(entry, step.evidence.revision))
    case 'contacted':
      return judgeClosed(known)
    case 'noted':
      return null
    case 'reopened':
      return judgeMonths(known, step.months, judgeReopening)
    case 'decided':
      return judgeMonths(known, step.months, judgeDecision)
  }
}

function judgeOpening(
  dialogue: Dialogue,
  { caseId, month }: Extract<CaseStep, { kind: 'opened' }>,
): CaseRefusal | null {
  if (caseId !== formatCaseId(dialogue.clientId, month)) return { kind: 'case_unknown' }
  const open = findOpenCase(dialogue)
  if (open !== null) return { kind: 'another_open', openCaseId: open.caseId }
  return judgeNewMonth(dialogue, month)
}

function judgeNewMonth(dialogue: Dialogue, month: string): CaseRefusal | null {
  const holder = findCaseOfMonth(dialogue, month)
  return holder === null ? null : { kind: 'month_in_case', month, inCaseId: holder.caseId }
}

function judgeClosed(known: DialogueCase): CaseRefusal | null {
  return known.state === 'decided' ? { kind: 'case_decided' } : null
}

/** Of several months the first refusal counts. */
function judgeMonths(
  known: DialogueCase,
  months: readonly string[],
  judge: (entry: CaseMonth) => CaseRefusal | null,
): CaseRefusal | null {
  const refusals = months.map((month): CaseRefusal | null => {
    const entry = known.months.find(each => each.month === month)
    if (entry !== undefined) return judge(entry)
    return { kind: 'month_not_in_case', month, months: known.months.map(each => each.month) }
  })
  return refusals.find(each => each !== null) ?? null
}

function judgeEvidence({ month, evidence }: CaseMonth, revision: number): CaseRefusal | null {
  return revision > evidence.revision ? null : { kind: 'evidence_older', month, revision: evidence.revision }
}

/** Evidence of the same revision will do: it may have been told before decisions had a bound. */
function judgeExceeded({ month, outcome, evidence }: CaseMonth, revision: number): CaseRefusal | null {
  if (outcome === null) return { kind: 'month_undecided', month }
  return revision >= evidence.revision ? null : { kind: 'evidence_older', month, revision: evidence.revision }
}

function judgeDecision({ month, outcome }: CaseMonth): CaseRefusal | null {
  return outcome === null ? null : { kind: 'month_decided', month, outcome }
}

function judgeReopening({ month, decisions }: CaseMonth): CaseRefusal | null {
  return decisions.length > 0 ? null : { kind: 'month_undecided', month }
}

/** Only for a step that was judged. */
function applyStep(dialogue: Dialogue, step: CaseStep): Dialogue {
  const { clientId } = dialogue
  const { sequence } = step
  if (step.kind !== 'opened') {
    const cases = dialogue.cases.map(each => (each.caseId === step.caseId ? continueCase(each, step) : each))
    return { clientId, sequence, cases }
  }
  const { caseId, clientName, month, evidence } = step
  const months = [{ month, evidence, outcome: null, decisions: [] }]
  const opened: DialogueCase = {
    caseId,
    clientId,
    clientName,
    state: 'open',
    months,
    sequence,
    steps: [step],
  }
  return { clientId, sequence, cases: [...dialogue.cases, opened] }
}

function continueCase(known: DialogueCase, taken: LaterStep): DialogueCase {
  const step = taken.kind === 'decided' ? { ...taken, covers: findCovers(known, taken) } : taken
  const months = continueMonths(known.months, step)
  return {
    ...known,
    months,
    state: months.every(each => each.outcome !== null) ? 'decided' : 'open',
    sequence: step.sequence,
    steps: [...known.steps, step],
  }
}

/** As the step has it; a step from before decisions had a bound covers what the case knew then. */
function findCovers({ months }: DialogueCase, step: DecidedStep): DecidedStep['covers'] {
  return months
    .filter(({ month }) => step.months.includes(month))
    .map(entry => step.covers.find(({ month }) => month === entry.month) ?? coverOverage(entry))
}

function continueMonths(months: readonly CaseMonth[], step: LaterStep): readonly CaseMonth[] {
  switch (step.kind) {
    case 'month_added':
      return [...months, { month: step.month, evidence: step.evidence, outcome: null, decisions: [] }]
    case 'evidence_changed':
      return months.map(each => (each.month === step.month ? { ...each, evidence: step.evidence } : each))
    case 'exceeded':
      return months.map(each =>
        each.month === step.month ? { ...each, evidence: step.evidence, outcome: null } : each,
      )
    case 'reopened':
      return months.map(each =>
        step.months.includes(each.month) ? { ...each, outcome: null, decisions: [] } : each,
      )
    case 'decided':
      return months.map(each => decideMonth(each, step))
    case 'contacted':
    case 'noted':
      return months
  }
}

function decideMonth(entry: CaseMonth, { outcome, covers }: DecidedStep): CaseMonth {
  const covered = covers.find(({ month }) => month === entry.month)
  if (covered === undefined) return entry
  return { ...entry, outcome, decisions: [...entry.decisions, { outcome, covered }] }
}
