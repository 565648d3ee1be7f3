import type { Store } from '@forbruk/infra/store/store.ts'
import { dialogueStep } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { MonthDecision } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Decided } from '../rating/price-overage.ts'
import type { Decisions } from '../rating/rate.ts'
import { findCaseOfMonth } from './fold-dialogue.ts'
import { readDialogues } from './read-dialogues.ts'

const SQL = `
SELECT DISTINCT client_id
FROM dialogue_step
WHERE kind = 'decided' AND has(months, {month:String})
ORDER BY client_id`
const clientShape = select(dialogueStep, 'clientId').shape

/** How each client's dialogue over a month was decided so far, and what of its overage that covers. */
export async function readDecisions(store: Store, month: string): Promise<Decisions> {
  const clients = await store.query(SQL, clientShape, { month })
  const dialogues = await readDialogues(
    store,
    clients.map(each => each.clientId),
  )
  const decisions = new Map<string, readonly Decided[]>()
  for (const [clientId, dialogue] of dialogues) {
    const entry = findCaseOfMonth(dialogue, month)?.months.find(each => each.month === month)
    if (entry !== undefined && entry.decisions.length > 0)
      decisions.set(clientId, entry.decisions.map(toDecided))
  }
  return decisions
}

export function toDecided({ outcome, covered }: MonthDecision): Decided {
  const { requests, requestsNok, bytes, transferNok, agreedNok } = covered
  return { outcome, requests, requestsNok, bytes, transferNok, agreedNok }
}
