import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import { type CaseSummary, OUTCOMES } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { z } from 'zod'
import { sumAmounts } from '../rating/price-lines.ts'

export type CaseFilter = {
  readonly state?: CaseSummary['state'] | undefined
  readonly clientId?: string | undefined
  /** Among the case's months. */
  readonly month?: string | undefined
}

/** Cases of the newest months first, and of a month those over the largest amount. */
export async function listCases(store: Store, filter: CaseFilter = {}): Promise<CaseSummary[]> {
  const { state = '', clientId = '', month = '' } = filter
  return store.query(SQL, summaryShape, { state, client: clientId, month })
}

const SQL = `
SELECT
    case_id,
    client_id,
    client_name,
    state,
    opened_month,
    months,
    overage_requests,
    overage_bytes,
    proposed_nok,
    charged_nok,
    decision,
    steps,
    contacts,
    toUnixTimestamp64Milli(opened_at) AS opened_at_ms,
    toUnixTimestamp64Milli(decided_at) AS decided_at_ms,
    toUnixTimestamp64Milli(last_step_at) AS last_step_at_ms,
    last_sequence
FROM dialogue_cases
WHERE ({state:String} = '' OR state = {state:String})
    AND ({client:String} = '' OR client_id = {client:String})
    AND ({month:String} = '' OR has(months, {month:String}))
ORDER BY opened_month DESC, proposed_nok DESC, client_id`

const summaryShape: z.ZodType<CaseSummary> = z
  .object({
    case_id: z.string(),
    client_id: z.string(),
    client_name: z.string(),
    state: z.enum(['open', 'decided']),
    opened_month: z.string(),
    months: z.array(z.string()),
    overage_requests: z.string(),
    overage_bytes: z.string(),
    proposed_nok: z.string(),
    charged_nok: z.string(),
    decision: z.enum(['', ...OUTCOMES, 'mixed']),
    steps: storedCount,
    contacts: storedCount,
    opened_at_ms: storedCount,
    decided_at_ms: storedCount.nullable(),
    last_step_at_ms: storedCount,
    last_sequence: z.int(),
  })
  .transform(row => ({
    caseId: row.case_id,
    clientId: row.client_id,
    clientName: row.client_name,
    state: row.state,
    sequence: row.last_sequence,
    openedMonth: row.opened_month,
    months: row.months,
    overageRequests: row.overage_requests,
    overageBytes: row.overage_bytes,
    proposedNok: sumAmounts([row.proposed_nok]),
    chargedNok: sumAmounts([row.charged_nok]),
    decision: row.decision === '' ? null : row.decision,
    steps: row.steps,
    contacts: row.contacts,
    openedAt: toTime(row.opened_at_ms),
    decidedAt: row.decided_at_ms === null ? null : toTime(row.decided_at_ms),
    lastStepAt: toTime(row.last_step_at_ms),
  }))

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
