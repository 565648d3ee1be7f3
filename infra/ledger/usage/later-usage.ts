import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { bool, safeCount } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
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

const shape = shapeOf({ place: safeCount, isCertain: bool })

const SQL = `
SELECT
    place,
    max(block >= seen AND (first_hour >= toDateTime(start, 'UTC') OR last_hour < toDateTime(end, 'UTC'))) AS is_certain
FROM
(
    SELECT
        block, next_offset, first_hour, last_hour, place, start, end,
        transform(concat(toString(place), ' ', toString(partition)), {cuts:Array(String)}, {offsets:Array(UInt64)},
            toUInt64(0)) AS seen
    FROM (SELECT * FROM block_ledger FINAL WHERE stream IN {streams:Array(String)}) AS ledger
    ARRAY JOIN
        {places:Array(UInt32)} AS place, {streams:Array(String)} AS read_stream,
        {starts:Array(UInt32)} AS start, {ends:Array(UInt32)} AS end
    WHERE stream = read_stream AND first_hour < toDateTime(end, 'UTC') AND last_hour >= toDateTime(start, 'UTC')
)
WHERE next_offset > seen
GROUP BY place`

/**
 * For each, whether usage of the range was counted above the cut. The ledger's blocks alone tell, as a rule: one that
 * begins at the cut or above and has its first or last hour in the range. Only where a block lies on both sides of the
 * cut, or around the range, the usage itself is added up.
 */
export async function haveLaterUsage(store: Store, reads: readonly ReadBefore[]): Promise<boolean[]> {
  if (reads.length === 0) return []
  const cuts = reads.flatMap(({ cut }, place) => cut.map(each => ({ ...each, place })))
  const rows = await store.query(SQL, shape, {
    places: reads.map((_, place) => place),
    streams: reads.map(({ stream }) => stream),
    starts: reads.map(({ range }) => range.startMs / 1_000),
    ends: reads.map(({ range }) => range.endMs / 1_000),
    cuts: cuts.map(({ place, partition }) => `${place} ${partition}`),
    offsets: cuts.map(({ nextOffset }) => nextOffset),
  })
  const possible = new Map(rows.map(({ place, isCertain }) => [place, isCertain]))
  return Promise.all(
    reads.map((read, place) => {
      const isCertain = possible.get(place)
      return isCertain === undefined ? false : isCertain || differsByNow(store, read)
    }),
  )
}

async function differsByNow(store: Store, { stream, range, requests, bytes }: ReadBefore): Promise<boolean> {
  const now = await sumUses(store, stream, range)
  return now.requests !== requests || now.bytes !== bytes
}
