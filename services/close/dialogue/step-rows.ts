import {
  type CaseEvent,
  type CaseStep,
  type Evidence,
  evidenceShape,
  OUTCOMES,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { z } from 'zod'
import { formatCaseId, parseCaseId } from './case-id.ts'

/**
 * A row of dialogue_step.
 * @param batch of a client's first step; 0 for another
 */
export function toStepRow(step: CaseStep, batch: number, attemptId: string) {
  const { clientId, openedMonth } = parseCaseId(step.caseId)
  return {
    client_id: clientId,
    sequence: step.sequence,
    batch,
    attempt_id: attemptId,
    opened_month: openedMonth,
    kind: step.kind,
    ...eventColumns(step),
    recorded_at: step.at,
    actor: step.actor,
    note: step.note,
  }
}

const NOTHING = {
  months: [] as readonly string[],
  outcome: '',
  client_name: '',
  revision: 0,
  overage_requests: '0',
  overage_bytes: '0',
  proposed_nok: '0',
  evidence: '',
}

function eventColumns(event: CaseEvent): typeof NOTHING {
  switch (event.kind) {
    case 'opened':
      return { ...evidenceColumns(event.month, event.evidence), client_name: event.clientName }
    case 'month_added':
    case 'evidence_changed':
      return evidenceColumns(event.month, event.evidence)
    case 'decided':
      return { ...NOTHING, months: event.months, outcome: event.outcome }
    case 'contacted':
    case 'noted':
      return NOTHING
  }
}

function evidenceColumns(month: string, evidence: Evidence): typeof NOTHING {
  return {
    ...NOTHING,
    months: [month],
    revision: evidence.revision,
    overage_requests: evidence.requests?.above ?? '0',
    overage_bytes: evidence.transfer?.above ?? '0',
    proposed_nok: evidence.proposedNok,
    evidence: JSON.stringify(evidence),
  }
}

export const STEP_COLUMNS =
  'client_id, sequence, attempt_id, opened_month, kind, months, outcome, client_name, evidence, ' +
  'toUnixTimestamp64Milli(recorded_at) AS recorded_at_ms, actor, note'

const evidence = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'expected JSON' })
      return z.NEVER
    }
  })
  .pipe(evidenceShape)
const oneMonth = z.tuple([z.string()])

/** What a kind of step has besides the columns of all. */
const eventShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), months: oneMonth, client_name: z.string(), evidence }),
  z.object({ kind: z.literal('month_added'), months: oneMonth, evidence }),
  z.object({ kind: z.literal('evidence_changed'), months: oneMonth, evidence }),
  z.object({ kind: z.literal('contacted') }),
  z.object({ kind: z.literal('noted') }),
  z.object({ kind: z.literal('decided'), months: z.array(z.string()), outcome: z.enum(OUTCOMES) }),
])

const frameShape = z.object({
  client_id: z.string(),
  sequence: z.int(),
  attempt_id: z.string(),
  opened_month: z.string(),
  recorded_at_ms: z.string().transform(Number),
  actor: z.string(),
  note: z.string(),
})

export type StoredStep = { readonly clientId: string; readonly attemptId: string; readonly step: CaseStep }

export const storedStepShape: z.ZodType<StoredStep> = frameShape
  .and(eventShape)
  .transform(row => ({ clientId: row.client_id, attemptId: row.attempt_id, step: toStep(row) }))

type StepRow = z.output<typeof frameShape> & z.output<typeof eventShape>

function toStep(row: StepRow): CaseStep {
  return {
    ...toEvent(row),
    sequence: row.sequence,
    caseId: formatCaseId(row.client_id, row.opened_month),
    at: new Date(row.recorded_at_ms).toISOString(),
    actor: row.actor,
    note: row.note,
  }
}

function toEvent(row: StepRow): CaseEvent {
  switch (row.kind) {
    case 'opened':
      return { kind: row.kind, month: row.months[0], clientName: row.client_name, evidence: row.evidence }
    case 'month_added':
    case 'evidence_changed':
      return { kind: row.kind, month: row.months[0], evidence: row.evidence }
    case 'decided':
      return { kind: row.kind, months: row.months, outcome: row.outcome }
    case 'contacted':
    case 'noted':
      return { kind: row.kind }
  }
}
