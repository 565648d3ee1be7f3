import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount, text, textOrNull } from '@forbruk/infra/store/tables/codec.ts'
import { rejectedCounts } from '@forbruk/infra/store/tables/month-close.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { RejectedFacts } from '../gate/gate.ts'
import { MAY_BELONG_TO_MONTH, monthParams } from './may-belong.ts'

const factsShape = shapeOf({ ...rejectedCounts, example: textOrNull })

const REJECTED_SQL = `
SELECT
    reason,
    count() AS events,
    countIf(state = 'waived') AS waived,
    countIf(state = 'mended') AS mended,
    countIf(state = 'mending') AS mending,
    countIf(state = 'open') AS open,
    argMinIf(
        concat(toString(partition), ':', toString(offset), if(event_index = 0, '', format('[{}]', event_index))),
        (partition, offset, event_index),
        state = 'open'
    ) AS example
FROM rejected_events
WHERE ${MAY_BELONG_TO_MONTH}
GROUP BY reason
ORDER BY reason`

export async function readRejected(
  store: Store,
  stream: string,
  range: PeriodRange,
): Promise<RejectedFacts[]> {
  return store.query(REJECTED_SQL, factsShape, monthParams(stream, range))
}

/** Why rejected events of the month were let go, and by whom. */
export type Waiver = { readonly reason: string; readonly actor: string; readonly events: number }

const waiversShape = shapeOf({ stateReason: text, stateActor: text, events: safeCount })

export async function readWaivers(store: Store, stream: string, range: PeriodRange): Promise<Waiver[]> {
  const sql = `
SELECT state_reason, state_actor, count() AS events
FROM rejected_events
WHERE state = 'waived' AND ${MAY_BELONG_TO_MONTH}
GROUP BY state_reason, state_actor
ORDER BY state_reason, state_actor`
  const rows = await store.query(sql, waiversShape, monthParams(stream, range))
  return rows.map(({ stateReason, stateActor, events }) => ({
    reason: stateReason,
    actor: stateActor,
    events,
  }))
}
