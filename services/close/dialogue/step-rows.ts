import { type DialogueStepRow, dialogueStep } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { CaseEvent, CaseStep, Evidence } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { z } from 'zod'
import { formatCaseId, parseCaseId } from './case-id.ts'

/**
 * A row of dialogue_step.
 * @param batch of a client's first step; 0 for another
 */
export function toStepRow(step: CaseStep, batch: number, attemptId: string): DialogueStepRow {
  const { clientId, openedMonth } = parseCaseId(step.caseId)
  const { sequence, kind, at: recordedAt, actor, note } = step
  const facts = factsOf(step)
  return { clientId, sequence, batch, attemptId, openedMonth, kind, ...facts, recordedAt, actor, note }
}

type Facts = Pick<
  DialogueStepRow,
  | 'months'
  | 'outcome'
  | 'clientName'
  | 'revision'
  | 'overageRequests'
  | 'overageBytes'
  | 'proposedNok'
  | 'evidence'
  | 'covers'
  | 'sharePercent'
  | 'withoutContact'
  | 'followUp'
>

const NOTHING: Facts = {
  months: [],
  outcome: null,
  clientName: '',
  revision: 0,
  overageRequests: '0',
  overageBytes: '0',
  proposedNok: '0.00',
  evidence: null,
  covers: [],
  sharePercent: null,
  withoutContact: null,
  followUp: null,
}

function factsOf(event: CaseEvent): Facts {
  switch (event.kind) {
    case 'opened':
      return { ...evidenceFacts(event.month, event.evidence), clientName: event.clientName }
    case 'month_added':
    case 'evidence_changed':
    case 'exceeded':
      return evidenceFacts(event.month, event.evidence)
    case 'decided': {
      const { kind: _, ...facts } = event
      return { ...NOTHING, ...facts }
    }
    case 'reopened':
      return { ...NOTHING, months: event.months }
    case 'noted':
      return { ...NOTHING, followUp: event.followUp }
    case 'contacted':
      return NOTHING
  }
}

function evidenceFacts(month: string, evidence: Evidence): Facts {
  return {
    ...NOTHING,
    months: [month],
    revision: evidence.revision,
    overageRequests: evidence.requests?.above ?? '0',
    overageBytes: evidence.transfer?.above ?? '0',
    proposedNok: evidence.proposedNok,
    evidence,
  }
}

const READ = [
  'clientId',
  'sequence',
  'openedMonth',
  'kind',
  'months',
  'outcome',
  'clientName',
  'evidence',
  'recordedAt',
  'actor',
  'note',
  'covers',
  'sharePercent',
  'withoutContact',
  'followUp',
] as const
const { list, shape } = select(dialogueStep, ...READ)

export const STEP_COLUMNS = list

export type StoredStep = { readonly clientId: string; readonly step: CaseStep }

export const storedStepShape: z.ZodType<StoredStep> = shape.transform((row, context) => {
  const event = toEvent(row)
  if (event === null) {
    context.addIssue({ code: 'custom', message: `expected what a step of kind "${row.kind}" has` })
    return z.NEVER
  }
  const { clientId, openedMonth, sequence, recordedAt: at, actor, note } = row
  return {
    clientId,
    step: { ...event, sequence, caseId: formatCaseId(clientId, openedMonth), at, actor, note },
  }
})

/** Null where something is lacking that its kind of step has. */
function toEvent(row: Pick<DialogueStepRow, (typeof READ)[number]>): CaseEvent | null {
  const { kind, months, outcome, clientName, evidence } = row
  const [month] = months
  switch (kind) {
    case 'opened':
      return month === undefined || evidence === null ? null : { kind, month, clientName, evidence }
    case 'month_added':
    case 'evidence_changed':
    case 'exceeded':
      return month === undefined || evidence === null ? null : { kind, month, evidence }
    case 'decided':
      return outcome === null ? null : { kind, months, outcome, ...pickTerms(row) }
    case 'reopened':
      return { kind, months }
    case 'noted':
      return { kind, followUp: row.followUp }
    case 'contacted':
      return { kind }
  }
}

function pickTerms({ covers, sharePercent, withoutContact }: Pick<DialogueStepRow, (typeof READ)[number]>) {
  return { covers, sharePercent, withoutContact }
}
