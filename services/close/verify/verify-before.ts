import { verifySeals } from '@forbruk/infra/store/seal/verify-seals.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { CloseRefusedError } from '../gate/refusal.ts'
import { describeSeal } from './describe-seal.ts'
import { verifyCloseSeals } from './verify-close-seals.ts'

/**
 * Before a month is rated: what its close builds on must be as it was written, the decisions, the imports and the
 * revision before among it. Throws CloseRefusedError.
 */
export async function verifyBefore(
  store: Store,
  month: string,
  previousCloseId: string | null,
): Promise<void> {
  const { findings } = await verifySeals(store)
  const ofPrevious = previousCloseId === null ? [] : (await verifyCloseSeals(store, previousCloseId)).findings
  const all = [...findings, ...ofPrevious].map(describeSeal)
  if (all.length === 0) return
  throw new CloseRefusedError(month, [{ kind: 'store_damaged', findings: all }])
}
