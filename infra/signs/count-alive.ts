import type { Store } from '../store/store.ts'
import { safeCount, text } from '../store/tables/codec.ts'
import { shapeOf } from '../store/tables/table.ts'

/** Five signs that did not come. */
const ALIVE_SECONDS = 5

/** How many processes have given a sign of life just now and are not leaving, by the board that they tell it on. */
export async function countAlive(store: Store): Promise<ReadonlyMap<string, number>> {
  const rows = await store.query(
    `SELECT stream, countIf(NOT is_leaving_last) AS alive
     FROM
     (
         SELECT stream, process, argMax(is_leaving, p.sequence) AS is_leaving_last
         FROM process_sign AS p
         WHERE told_at > now64(3) - {seconds:UInt32}
         GROUP BY stream, process
     )
     GROUP BY stream`,
    shapeOf({ stream: text, alive: safeCount }),
    { seconds: ALIVE_SECONDS },
  )
  return new Map(rows.map(({ stream, alive }) => [stream, alive]))
}
