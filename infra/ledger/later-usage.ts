import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../store/store.ts'
import { safeCount } from '../store/tables/codec.ts'
import { shapeOf } from '../store/tables/table.ts'
import { rangeParams, TOUCHES_RANGE } from './range.ts'
import type { Cut } from './settled-usage.ts'
import { sumUses } from './usage.ts'

/** A range as it was read: below the cut, it held this much. */
type ReadBefore = {
  readonly stream: string
  readonly range: PeriodRange
  readonly cut: Cut
  readonly requests: bigint
  readonly bytes: bigint
}

const shape = shapeOf({ certain: safeCount, possible: safeCount })

const SQL = `
SELECT
    countIf(
        block >= seen
        AND (first_hour >= toDateTime({start:UInt32}, 'UTC') OR last_hour < toDateTime({end:UInt32}, 'UTC'))
    ) AS certain,
    count() AS possible
FROM
(
    SELECT
        block, next_offset, first_hour, last_hour,
        transform(partition, {partitions:Array(UInt32)}, {offsets:Array(UInt64)}, toUInt64(0)) AS seen
    FROM block_ledger FINAL
    WHERE stream = {stream:String} AND ${TOUCHES_RANGE}
)
WHERE next_offset > seen`

/**
 * Whether usage of the range was counted above the cut. The ledger's blocks alone tell, as a rule: one that begins at
 * the cut or above and has its first or last hour in the range. Only where a block lies on both sides of the cut, or
 * around the range, the usage itself is added up.
 */
export async function hasLaterUsage(
  store: Store,
  { stream, range, cut, requests, bytes }: ReadBefore,
): Promise<boolean> {
  const [blocks] = await store.query(SQL, shape, {
    ...rangeParams(range),
    stream,
    partitions: cut.map(({ partition }) => partition),
    offsets: cut.map(({ nextOffset }) => nextOffset),
  })
  if (blocks === undefined || blocks.possible === 0) return false
  if (blocks.certain > 0) return true
  const now = await sumUses(store, stream, range)
  return now.requests !== requests || now.bytes !== bytes
}
