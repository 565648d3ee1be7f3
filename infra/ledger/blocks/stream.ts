import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { text } from '../../store/tables/codec.ts'
import { type StoredStream, stream as streamTable } from '../../store/tables/stream.ts'
import { select, shapeOf } from '../../store/tables/table.ts'
import type { Growth } from './progress.ts'
import { IN_RANGE, rangeParams } from './range.ts'

/** What was stored with the stream when its counting began; null when it never did. */
export async function readStream(store: Store, stream: string): Promise<StoredStream | null> {
  const { list, shape } = select(streamTable)
  const sql = `SELECT ${list} FROM stream FINAL WHERE stream = {stream:String}`
  const [stored] = await store.query(sql, shape, { stream })
  return stored ?? null
}

/** How many partitions are counted: those that it was begun with, and what the log has said since. Pure. */
export function countedPartitions(
  stored: Pick<StoredStream, 'partitionCount'>,
  growths: readonly Pick<Growth, 'partitionCount'>[],
): number {
  return growths.at(-1)?.partitionCount ?? stored.partitionCount
}

/** Other streams in the store that hold usage of the range. */
export async function readOtherStreams(store: Store, stream: string, range: PeriodRange): Promise<string[]> {
  const rows = await store.query(
    `SELECT DISTINCT stream FROM usage_rollup WHERE stream != {stream:String} AND ${IN_RANGE} ORDER BY stream`,
    shapeOf({ stream: text }),
    { stream, ...rangeParams(range) },
  )
  return rows.map(row => row.stream)
}
