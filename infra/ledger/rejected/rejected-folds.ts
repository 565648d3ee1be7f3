import { randomUUID } from 'node:crypto'
import { insertValues } from '../../store/insert-values.ts'
import { quoteText } from '../../store/quote-sql.ts'
import type { Store } from '../../store/store.ts'
import { nullable, safeCount, time } from '../../store/tables/codec.ts'
import { type RejectedFold, type RejectedSum, rejectedSum } from '../../store/tables/rejected-fold.ts'
import { shapeOf, type Values } from '../../store/tables/table.ts'
import { takeTurn } from './fold-turns.ts'

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
             AND (partition, block) NOT IN
             (
                 SELECT partition, block FROM rejected_fold WHERE stream = {stream:String}
                 GROUP BY partition, block HAVING argMax(step, turn) IN ('folded', 'kept')
             )
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

/** How many mends and waivers there are of a block's events by themselves. */
async function countWords(store: Store, { stream, partition, block }: FoldPlace): Promise<number> {
  const of = (table: string) => `
SELECT count() FROM ${table}
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND (offset, event_index) IN
(
    SELECT offset, event_index FROM rejected_event
    WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block = {block:UInt64}
)`
  const [row] = await store.query(
    `SELECT (${of('rejected_waiver')}) + (${of('rejected_mend')}) AS words`,
    shapeOf({ words: safeCount }),
    { stream, partition, block },
  )
  return row?.words ?? 0
}

type Sum = Omit<RejectedSum, 'foldId' | 'stream' | 'partition' | 'block'>
type FoldPlace = Pick<RejectedFold, 'stream' | 'partition' | 'block'>

/**
 * Puts sums in the place of a block's rows. `begun` is the block's last turn, taken before the sums are read: so they
 * hold every mend and waiver of before, and whoever gives one since finds the turn and takes the next. Once they hold,
 * it is looked whether one came between: then they hold no more. Null where something else took a turn; the rows are
 * there then, or sums of another process.
 * @param readSums null where not all is settled
 */
export async function foldBlock(
  store: Store,
  begun: RejectedFold,
  rowsBefore: number,
  readSums: () => Promise<readonly Sum[] | null>,
  clock: () => number,
): Promise<readonly Sum[] | null> {
  const { stream, partition, block } = begun
  const words = await countWords(store, begun)
  const sums = await readSums()
  const turn = begun.turn + 1
  if (sums === null) {
    await takeTurn(store, { ...begun, turn, step: 'withdrawn', takenAtMs: clock() })
    return null
  }
  const foldId = randomUUID()
  await insertValues(
    store,
    rejectedSum,
    sums.map(sum => ({ foldId, stream, partition, block, ...sum })),
  )
  const events = sums.reduce((total, sum) => total + sum.events, 0)
  const counts = { words, rowsBefore, rows: sums.length, events }
  const folded = await takeTurn(store, {
    ...{ ...begun, ...counts, foldId, turn },
    step: 'folded',
    takenAtMs: clock(),
  })
  if (folded.foldId !== foldId) return null
  return (await endFold(store, folded, clock())) ? sums : null
}

/** A block's sums are kept for good, unless a mend or a waiver came since they were read. Whether they are. */
export async function endFold(store: Store, folded: RejectedFold, takenAtMs: number): Promise<boolean> {
  const step = (await countWords(store, folded)) === folded.words ? 'kept' : 'withdrawn'
  return (await takeTurn(store, { ...folded, turn: folded.turn + 1, step, takenAtMs })).step === 'kept'
}

const PLACES_PER_DELETE = 500

/** Deletes the rows in whose place sums are kept, also those that a process left which was killed before this. */
export async function deleteFolded(store: Store, stream: string): Promise<void> {
  const places = await store.query(
    `SELECT DISTINCT partition, block FROM rejected_event
     WHERE stream = {stream:String} AND (partition, block) IN
         (SELECT partition, block FROM rejected_fold WHERE stream = {stream:String} AND step = 'kept')`,
    shapeOf({ partition: safeCount, block: safeCount }),
    { stream },
  )
  for (let first = 0; first < places.length; first += PLACES_PER_DELETE) {
    const listed = places.slice(first, first + PLACES_PER_DELETE)
    const tuples = listed.map(({ partition, block }) => `(${partition}, ${block})`).join(', ')
    await store.command(
      `ALTER TABLE rejected_event DELETE WHERE stream = ${quoteText(stream)} AND (partition, block) IN (${tuples})
       SETTINGS mutations_sync = 1`,
    )
  }
}
