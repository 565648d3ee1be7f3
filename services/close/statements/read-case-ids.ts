import type { Store } from '@forbruk/infra/store/store.ts'
import { text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { OF_PAYERS, ofPayers, type PayerRange } from '../revision/of-close.ts'
import type { StatedRevision } from './find-revision.ts'

const shape = shapeOf({ clientId: text, caseId: text })
const SQL = `
SELECT client_id, case_id
FROM dialogue_cases
WHERE has(months, {month:String}) AND client_id IN (SELECT client_id FROM statement WHERE ${OF_PAYERS})`

/** The dialogue that a month of each of the payers' clients is in, by client. */
export async function readCaseIds(
  store: Store,
  stated: StatedRevision,
  payers: PayerRange,
): Promise<Map<string, string>> {
  const rows = await store.query(SQL, shape, ofPayers(stated, payers))
  return new Map(rows.map(({ clientId, caseId }) => [clientId, caseId]))
}
