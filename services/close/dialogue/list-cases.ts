import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, text, textOrNull } from '@forbruk/infra/store/tables/codec.ts'
import { dialogueCases } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { select, shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { CaseSummary, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import type { Decided } from '../rating/price-overage.ts'
import type { Decisions } from '../rating/rate.ts'
import { adoptBounds, isEqualDecisions } from '../revision/compare-decisions.ts'
import { readDecisionsStated } from '../revision/read-revision.ts'
import { coverOverage } from './cover-overage.ts'
import { isWithin } from './find-overage.ts'
import { emptyDialogue } from './fold-dialogue.ts'
import { toDecided } from './read-decisions.ts'
import { findCase, readAllDialogues, readDialogues } from './read-dialogues.ts'

const DAY_MS = 86_400_000

type CaseFilter = {
  readonly state?: CaseSummary['state'] | undefined
  readonly clientId?: string | undefined
  /** Among the case's months. */
  readonly month?: string | undefined
}

const { list, shape } = select(dialogueCases)
const SQL = `
SELECT ${list}
FROM dialogue_cases
WHERE ({state:String} = '' OR state = {state:String})
    AND ({client:String} = '' OR client_id = {client:String})
    AND ({month:String} = '' OR has(months, {month:String}))
ORDER BY opened_month DESC, proposed_nok DESC, client_id`

const PAYERS_SQL = `
SELECT client_id, argMax(statements.payer_id, (month, revision)) AS payer_id,
    argMax(statements.payer_name, (month, revision)) AS payer_name,
    argMax(statements.partner_id, (month, revision)) AS partner_id
FROM statements
WHERE client_id IN (SELECT client_id FROM dialogue_step WHERE {client:String} = '' OR client_id = {client:String})
GROUP BY client_id`
const payerShape = shapeOf({ clientId: text, payerId: text, payerName: text, partnerId: textOrNull })

/** Cases of the newest months first, and of a month those over the largest amount. */
export async function listCases(
  store: Store,
  nowMs: number,
  filter: CaseFilter = {},
): Promise<CaseSummary[]> {
  const { state = '', clientId = '', month = '' } = filter
  if (clientId !== '' && !(await isKnown(store, clientId))) return []
  const rows = await store.query(SQL, shape, { state, client: clientId, month })
  const clientIds = [...new Set(rows.map(row => row.clientId))]
  if (clientIds.length === 0) return []
  const isAll = [state, clientId, month].every(each => each === '')
  const [payerRows, dialogues, stated] = await Promise.all([
    store.query(PAYERS_SQL, payerShape, { client: clientId }),
    isAll ? readAllDialogues(store) : readDialogues(store, clientIds),
    readDecisionsStated(store, [...new Set(rows.flatMap(row => row.months))]),
  ])
  const payers = new Map(payerRows.map(each => [each.clientId, each]))
  return rows.map(({ lastSequence, ...row }) => {
    const dialogue = dialogues.get(row.clientId) ?? emptyDialogue(row.clientId)
    const { payerId = null, payerName = null, partnerId = null } = payers.get(row.clientId) ?? {}
    return {
      ...row,
      sequence: lastSequence,
      ageDays: Math.floor((nowMs - Date.parse(row.openedAt)) / DAY_MS),
      payerId,
      payerName,
      partnerId,
      ...standing(findCase(dialogue, row.caseId), stated),
    }
  })
}

/** Whether anything was ever said with a client: with most there is no case, which the view takes longer to find. */
async function isKnown(store: Store, clientId: string): Promise<boolean> {
  const sql = 'SELECT 1 AS known FROM dialogue_step WHERE client_id = {client:String} LIMIT 1'
  return (await store.query(sql, shapeOf({ known: bool }), { client: clientId })).length > 0
}

/** What is still open of a case, and what of its decisions is on no statement. */
function standing({ clientId, months }: DialogueCase, statedIn: ReadonlyMap<string, Decisions>) {
  const open = months.filter(each => each.outcome === null).map(entry => coverOverage(entry).proposedNok)
  const late = months.filter(({ month, decisions }) => {
    const known = toDecisions(clientId, decisions.map(toDecided))
    const stated = toDecisions(clientId, statedIn.get(month)?.get(clientId) ?? [])
    return !isEqualDecisions(adoptBounds(stated, known), known)
  })
  const vanished = months.filter(({ outcome, evidence }) => outcome === null && isWithin(evidence))
  return {
    openNok: sumAmounts(open),
    notOnStatement: late.map(({ month }) => month),
    withoutOverage: vanished.map(({ month }) => month),
  }
}

/** Of those that a statement can show: one about an overage that was gone changes no line, and so makes no revision. */
function toDecisions(clientId: string, all: readonly Decided[]): Decisions {
  const shown = all.filter(({ requests, bytes }) => requests !== '0' || bytes !== '0')
  return new Map(shown.length === 0 ? [] : [[clientId, shown]])
}
