import type { Store } from '@forbruk/infra/store/store.ts'
import { OUTCOMES } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { z } from 'zod'
import type { Decisions } from '../rating/rate.ts'

const decisionShape = z.object({ client_id: z.string(), outcome: z.enum(OUTCOMES) })

/** How each client's dialogue over a month was decided so far. A month is decided once. */
export async function readDecisions(store: Store, month: string): Promise<Decisions> {
  const sql = `
SELECT client_id, outcome
FROM dialogue_step
WHERE kind = 'decided' AND has(months, {month:String})
ORDER BY client_id`
  const rows = await store.query(sql, decisionShape, { month })
  return new Map(rows.map(row => [row.client_id, row.outcome]))
}
