import { randomUUID } from 'node:crypto'
import { insertValues } from '../store/insert-values.ts'
import { putIfAbsent } from '../store/put-if-absent.ts'
import type { Store } from '../store/store.ts'
import { nullable, safeCount, time } from '../store/tables/codec.ts'
import {
  type RejectedFold,
  type RejectedSum,
  rejectedFold,
  rejectedSum,
} from '../store/tables/rejected-fold.ts'
import { select, shapeOf, type Values } from '../store/tables/table.ts'

const FOLDABLE = {
  partition: safeCount,
  block: safeCount,
  /** Rows of rejected events, each by itself. */
  rows: safeCount,
  /** The earliest and the latest that an event of it may be of. */
  firstMs: time,
  lastMs: time,
  /** When the log got the newest. */
  appendedMs: time,
}
export type FoldableBlock = Values<typeof FOLDABLE>

/** What a row can say: a block with more is left as it is. */
const EVENTS_MAX = 2 ** 32

/**
 * Blocks with rejected events that are whole, since another follows, and kept as they came; the oldest first. Their
 * rows are never written again but by a process that has lost its turn, and then they count for nothing.
 */
export function readFoldable(store: Store, stream: string): Promise<FoldableBlock[]> {
  return store.query(
    `SELECT partition, block, rejected.rows AS rows,
         least(rejected.first,
             ifNull(toDateTime64(ledger.first_hour, 3, 'UTC'), rejected.first)) AS first,
         greatest(rejected.last,
             ifNull(toDateTime64(ledger.last_hour, 3, 'UTC'), rejected.last)) AS last,
         rejected.appended AS appended
     FROM
     (
         SELECT partition, block, count() AS rows,
             min(least(append_time, ifNull(event_time, append_time))) AS first,
             max(greatest(append_time, ifNull(event_time_last, append_time))) AS last,
             max(append_time) AS appended
         FROM rejected_event FINAL
         WHERE stream = {stream:String}
             AND (partition, block) NOT IN (SELECT partition, block FROM rejected_fold WHERE stream = {stream:String})
         GROUP BY partition, block
     ) AS rejected
     INNER JOIN
     (
         SELECT partition, block, first_hour, last_hour
         FROM block_ledger FINAL
         WHERE stream = {stream:String} AND rejected < {events_max:UInt64} AND (partition, block) NOT IN
             (SELECT partition, max(block) FROM block_ledger WHERE stream = {stream:String} GROUP BY partition)
     ) AS ledger USING (partition, block)
     ORDER BY appended, partition, block`,
    shapeOf(FOLDABLE),
    { stream, events_max: EVENTS_MAX },
  )
}

/** For SQL: the rejected events of one block, as they are kept. */
export const STORED_OF_BLOCK = `
SELECT * FROM rejected_stored
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block = {block:UInt64}`

/** When the first event of the stream may be of; null where nothing was counted. */
export async function readFirstHour(store: Store, stream: string): Promise<number | null> {
  const [row] = await store.query(
    `SELECT toDateTime64(min(first_hour), 3, 'UTC') AS first FROM block_ledger FINAL WHERE stream = {stream:String}`,
    shapeOf({ firstMs: nullable(time) }),
    { stream },
  )
  return row?.firstMs ?? null
}

type FoldSums = Pick<RejectedFold, 'stream' | 'partition' | 'block' | 'rowsBefore'> & {
  readonly sums: readonly Omit<RejectedSum, 'foldId' | 'stream' | 'partition' | 'block'>[]
}

/**
 * Puts sums in the place of a block's rows, all at once and for good; of two that do so at a time one comes first. What
 * was begun by a process that ended before has no row in rejected_fold, and holds for nothing.
 */
export async function putFold(
  store: Store,
  { stream, partition, block, rowsBefore, sums }: FoldSums,
  foldedAtMs: number,
): Promise<void> {
  const foldId = randomUUID()
  const place = { stream, partition, block }
  await insertValues(
    store,
    rejectedSum,
    sums.map(sum => ({ foldId, ...place, ...sum })),
  )
  const events = sums.reduce((total, sum) => total + sum.events, 0)
  const fold = { ...place, foldId, rowsBefore, rows: sums.length, events, foldedAtMs }
  await putIfAbsent({
    store,
    table: rejectedFold,
    values: [fold],
    key: `${stream} ${partition}/${block}`,
    read: async () => {
      const { list, shape } = select(rejectedFold)
      const sql = `SELECT ${list} FROM rejected_fold WHERE stream = {stream:String} AND partition = {partition:UInt32}
                   AND block = {block:UInt64} LIMIT 1`
      return (await store.query(sql, shape, place))[0] ?? null
    },
  })
}

const PLACES_PER_DELETE = 500

/** Deletes the rows in whose place sums stand, also those that a process left which was killed before this. */
export async function deleteFolded(store: Store, stream: string): Promise<void> {
  const places = await store.query(
    `SELECT DISTINCT partition, block FROM rejected_event
     WHERE stream = {stream:String} AND (partition, block) IN
         (SELECT partition, block FROM rejected_fold WHERE stream = {stream:String})`,
    shapeOf({ partition: safeCount, block: safeCount }),
    { stream },
  )
  const name = `'${stream.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  for (let first = 0; first < places.length; first += PLACES_PER_DELETE) {
    const listed = places.slice(first, first + PLACES_PER_DELETE)
    const tuples = listed.map(({ partition, block }) => `(${partition}, ${block})`).join(', ')
    await store.command(
      `ALTER TABLE rejected_event DELETE WHERE stream = ${name} AND (partition, block) IN (${tuples})
       SETTINGS mutations_sync = 1`,
    )
  }
}
