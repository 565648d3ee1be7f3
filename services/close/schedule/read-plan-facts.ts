import { readFirstAppendTime } from '@forbruk/infra/ledger/blocks/progress.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { readClosedMonths } from '../statements/find-revision.ts'
import type { PlanFacts } from './plan-closes.ts'

/** Of the stream that is counted. */
export async function readPlanFacts(store: Store, stream: string): Promise<PlanFacts> {
  const closed = await readClosedMonths(store)
  return {
    closedMonths: new Set(closed.map(({ month }) => month)),
    firstAppendTimeMs: await readFirstAppendTime(store, stream),
  }
}
