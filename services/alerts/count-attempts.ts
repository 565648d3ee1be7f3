import type { Store } from '@forbruk/infra/store/store.ts'
import { enumOf, safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'

const OUTCOMES = ['accepted', 'failed', 'given_up'] as const

/** How many attempts at webhooks ended how, ever; `given_up` failed and were the last of their alert. */
export function countAttempts(
  store: Store,
  stream: string,
): Promise<{ outcome: (typeof OUTCOMES)[number]; attempts: number }[]> {
  return store.query(
    `SELECT if(state = 'failed' AND next_attempt_at IS NULL, 'given_up', toString(state)) AS outcome,
            count() AS attempts
     FROM usage_alert_attempt
     WHERE state != 'started' AND alert_id IN (SELECT alert_id FROM usage_alert WHERE stream = {stream:String})
     GROUP BY outcome ORDER BY outcome`,
    shapeOf({ outcome: enumOf(OUTCOMES), attempts: safeCount }),
    { stream },
  )
}
