import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { nullable, safeCount } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { rangeParams, TOUCHES_RANGE } from './range.ts'

/** Of the rules that usage of the range was counted by, the oldest; null without any. Later usage is by newer ones. */
export async function readFoldVersionMin(
  store: Store,
  stream: string,
  range: PeriodRange,
): Promise<number | null> {
  const [row] = await store.query(
    `SELECT minOrNull(fold_version) AS oldest FROM block_ledger FINAL
     WHERE stream = {stream:String} AND ${TOUCHES_RANGE}`,
    shapeOf({ oldest: nullable(safeCount) }),
    { stream, ...rangeParams(range) },
  )
  return row?.oldest ?? null
}
