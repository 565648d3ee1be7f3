import {
  CASE_EVENT_KINDS,
  CASE_STATES,
  DECISIONS,
  evidenceShape,
  OUTCOMES,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
import {
  countText,
  enumOf,
  enumOrNull,
  isoTime,
  json,
  listOf,
  money,
  nullable,
  orEmpty,
  safeCount,
  text,
  textOrNull,
  uuid,
} from './codec.ts'
import { declareTable, type RowOf, tuple } from './table.ts'

/** What happened in dialogue cases, step by step, for good: migrations 040, 080 and 085. */
export const dialogueStep = declareTable('dialogue_step', {
  clientId: text,
  sequence: safeCount,
  /** Of a client's first step; 0 of another. */
  batch: safeCount,
  attemptId: uuid,
  openedMonth: text,
  kind: enumOf(CASE_EVENT_KINDS),
  months: listOf(text),
  outcome: enumOrNull(OUTCOMES),
  /** Of `opened`: as the registry had it; else empty. */
  clientName: text,
  /** 0 without evidence, as its figures are. */
  revision: safeCount,
  overageRequests: countText,
  overageBytes: countText,
  proposedNok: money,
  evidence: orEmpty(json(evidenceShape)),
  recordedAt: isoTime,
  actor: text,
  note: text,
  /** Of `decided`, by month; empty in steps from before migration 080. */
  covers: listOf(
    tuple({
      month: text,
      revision: safeCount,
      requests: countText,
      requestsNok: money,
      bytes: countText,
      transferNok: money,
      proposedNok: money,
      agreedNok: nullable(money),
    }),
  ),
  sharePercent: textOrNull,
  withoutContact: textOrNull,
  followUp: textOrNull,
})
export type DialogueStepRow = RowOf<typeof dialogueStep>

/** One row per case, as its steps have it now: migration 087. */
export const dialogueCases = declareTable('dialogue_cases', {
  caseId: text,
  clientId: text,
  clientName: text,
  state: enumOf(CASE_STATES),
  openedMonth: text,
  months: listOf(text),
  overageRequests: countText,
  overageBytes: countText,
  proposedNok: money,
  chargedNok: money,
  decision: enumOrNull(DECISIONS),
  steps: safeCount,
  contacts: safeCount,
  openedAt: isoTime,
  decidedAt: nullable(isoTime),
  lastStepAt: isoTime,
  lastSequence: safeCount,
  lastContactAt: nullable(isoTime),
  followUp: textOrNull,
})
