import type { Store } from '@forbruk/infra/store/store.ts'
import type { CaseAction, CaseStep, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { appendStep } from './append-step.ts'
import { parseCaseId } from './case-id.ts'
import { takeStep } from './fold-dialogue.ts'
import { judgeTerms } from './judge-terms.ts'
import { findCase, readDialogue } from './read-dialogues.ts'
import { CaseRefusedError } from './refusal.ts'
import { toEvent } from './to-event.ts'

export type CaseEdit = {
  readonly store: Store
  readonly caseId: string
  readonly action: CaseAction
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** The `sequence` of the case that the person saw; without it, of the case as it is now. */
  readonly follows?: number | undefined
}

const TRIES_MAX = 5

/**
 * Adds what a person did to a case, for good, and answers the case as it is then.
 *
 * Throws CaseIdError, CaseUnknownError, and CaseRefusedError when the case can't take the step, or has changed since it
 * was seen: edits are refused then, not merged. After StoreUnavailableError the step may be there or not; look.
 */
export async function addStep({
  store,
  caseId,
  action,
  actor,
  clock,
  follows,
}: CaseEdit): Promise<DialogueCase> {
  const { clientId } = parseCaseId(caseId)
  let seen = follows
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const dialogue = await readDialogue(store, clientId)
    const known = findCase(dialogue, caseId)
    seen ??= known.sequence
    if (known.sequence !== seen) refuseChanged(caseId, seen, known.sequence)
    const event = toEvent(known, action)
    const step: CaseStep = {
      ...event,
      sequence: dialogue.sequence + 1,
      caseId,
      at: new Date(clock()).toISOString(),
      actor,
      note: action.note,
    }
    const taken = takeStep(dialogue, step)
    if (!taken.ok) throw new CaseRefusedError(caseId, taken.refusal)
    const refusal = judgeTerms(known, action, event)
    if (refusal !== null) throw new CaseRefusedError(caseId, refusal)
    if (await appendStep(store, step)) return findCase(taken.dialogue, caseId)
    // Another step came first. One in another case of the client is no change of this one: then it is tried again.
  }
  throw new Error(`case ${caseId}: ${TRIES_MAX} times another step of its client came first; try again`)
}

function refuseChanged(caseId: string, follows: number, found: number): never {
  throw new CaseRefusedError(caseId, { kind: 'case_changed', follows, found })
}
