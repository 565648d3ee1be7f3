import type { Store } from '@forbruk/infra/store/store.ts'
import { enumOf, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { OUTCOMES } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Decisions } from '../rating/rate.ts'

const decisionShape = shapeOf({ clientId: text, outcome: enumOf(OUTCOMES) })

/** How each client's dialogue over a month was decided so far. A month is decided once. */
export async function readDecisions(store: Store, month: string): Promise<Decisions> {
  const sql = `
SELECT client_id, outcome
FROM dialogue_step
WHERE kind = 'decided' AND has(months, {month:String})
ORDER BY client_id`
  const rows = await store.query(sql, decisionShape, { month })
  return new Map(rows.map(row => [row.clientId, row.outcome]))
}
