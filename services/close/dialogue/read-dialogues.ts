import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import type { CaseStep, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { parseCaseId } from './case-id.ts'
import { type Dialogue, emptyDialogue, takeStep } from './fold-dialogue.ts'
import { CaseUnknownError, describeCaseRefusal } from './refusal.ts'
import { STEP_COLUMNS, type StoredStep, storedStepShape } from './step-rows.ts'

/** A query's parameters travel in a URL to a server. */
const CLIENTS_PER_QUERY = 100

/** One client's cases. Throws StoreError when the stored steps were tampered with. */
export async function readDialogue(store: Store, clientId: string): Promise<Dialogue> {
  return foldSteps(clientId, await querySteps(store, [clientId]))
}

/** Those of many clients, each of them in the answer. */
export async function readDialogues(
  store: Store,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, Dialogue>> {
  const dialogues = new Map<string, Dialogue>()
  for (let start = 0; start < clientIds.length; start += CLIENTS_PER_QUERY) {
    const some = clientIds.slice(start, start + CLIENTS_PER_QUERY)
    const byClient = Map.groupBy(await querySteps(store, some), row => row.clientId)
    for (const clientId of some) dialogues.set(clientId, foldSteps(clientId, byClient.get(clientId) ?? []))
  }
  return dialogues
}

/** Those of everybody with whom there is one. Throws as well. */
export async function readAllDialogues(store: Store): Promise<ReadonlyMap<string, Dialogue>> {
  const rows = await store.query(spellSteps('true'), storedStepShape)
  const byClient = Map.groupBy(rows, row => row.clientId)
  return new Map([...byClient].map(([clientId, ofClient]) => [clientId, foldSteps(clientId, ofClient)]))
}

/** Throws CaseIdError for what is no id, CaseUnknownError for a case that there isn't. */
export async function readCase(store: Store, caseId: string): Promise<DialogueCase> {
  const { clientId } = parseCaseId(caseId)
  return findCase(await readDialogue(store, clientId), caseId)
}

/** Throws CaseUnknownError. */
export function findCase(dialogue: Dialogue, caseId: string): DialogueCase {
  const known = dialogue.cases.find(each => each.caseId === caseId)
  if (known !== undefined) return known
  throw new CaseUnknownError(
    caseId,
    dialogue.cases.map(each => each.caseId),
  )
}

async function querySteps(store: Store, clientIds: readonly string[]): Promise<StoredStep[]> {
  return store.query(spellSteps('client_id IN {clients:Array(String)}'), storedStepShape, {
    clients: clientIds,
  })
}

function spellSteps(condition: string): string {
  return `SELECT ${STEP_COLUMNS} FROM dialogue_step WHERE ${condition} ORDER BY client_id, sequence`
}

function foldSteps(clientId: string, rows: readonly StoredStep[]): Dialogue {
  return rows.reduce((dialogue, { step }) => follow(dialogue, step), emptyDialogue(clientId))
}

function follow(dialogue: Dialogue, step: CaseStep): Dialogue {
  const taken = takeStep(dialogue, step)
  if (taken.ok) return taken.dialogue
  throw new StoreError(
    `dialogue_step of ${dialogue.clientId} is not as it was written: ${step.kind} at ${step.sequence} ` +
      `can't follow (${describeCaseRefusal(taken.refusal)}); restore it from a backup`,
    'DIALOGUE_CHANGED',
  )
}
