import type { Store } from '@forbruk/infra/store/store.ts'
import { dialogueCases } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { CaseSummary } from '@forbruk/schemas/dialogue/dialogue-case.ts'

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

/** Cases of the newest months first, and of a month those over the largest amount. */
export async function listCases(store: Store, filter: CaseFilter = {}): Promise<CaseSummary[]> {
  const { state = '', clientId = '', month = '' } = filter
  const rows = await store.query(SQL, shape, { state, client: clientId, month })
  return rows.map(({ lastSequence, ...row }) => ({ ...row, sequence: lastSequence }))
}
