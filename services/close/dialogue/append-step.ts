import { randomUUID } from 'node:crypto'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { dialogueStep } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { CaseStep } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { parseCaseId } from './case-id.ts'
import { toStepRow } from './step-rows.ts'

const HOLDER_SQL = `
SELECT attempt_id
FROM dialogue_step
WHERE client_id = {client:String} AND sequence = {sequence:UInt32}`
const NO_BATCH = 0
const holderShape = select(dialogueStep, 'attemptId').shape

/**
 * Adds a step, not a client's first, unless its client has one with that sequence: true when it is this one that holds.
 * Of any number at once exactly one gets true. When it throws, the step may be there or not.
 */
export async function appendStep(store: Store, step: CaseStep): Promise<boolean> {
  const { clientId } = parseCaseId(step.caseId)
  const attemptId = randomUUID()
  const held = await putIfAbsent({
    store,
    table: dialogueStep,
    values: [toStepRow(step, NO_BATCH, attemptId)],
    key: `${clientId}/${step.sequence}`,
    async read() {
      const params = { client: clientId, sequence: step.sequence }
      const [holder] = await store.query(HOLDER_SQL, holderShape, params)
      return holder?.attemptId ?? null
    },
  })
  return held === attemptId
}
