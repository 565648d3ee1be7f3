import { setTimeout as sleep } from 'node:timers/promises'
import { writeSealed } from './seal/seal-values.ts'
import { type Store, StoreError } from './store.ts'
import { type ColumnSet, type Table, toRow, type Values } from './tables/table.ts'

/**
 * A table for `putIfAbsent` is a MergeTree without PARTITION BY that keeps the keys of its inserts for good:
 *
 *     SETTINGS non_replicated_deduplication_window = 1000000,
 *              replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
 */
type PutIfAbsent<Columns extends ColumnSet, Held> = {
  readonly store: Store
  readonly table: Table<Columns>
  /** One row as a rule; several, at most 1000, are seen all at once or not at all. */
  readonly values: readonly Values<Columns>[]
  /** What is taken, such as `2026-10/r2`: one row of the table at most, or one such several, is ever written for it. */
  readonly key: string
  /** Who holds the key, by a query; null when nobody does. */
  readonly read: () => Promise<Held | null>
  /** Needed where the key doesn't say which rows there are: whether those of whoever holds it are ours. */
  readonly isOurs?: (held: Held) => boolean
}

/** After so many keys that nobody holds something else is wrong. */
const KEYS_MAX = 4
const READ_DELAYS_MS = [0, 20, 100, 500]

/**
 * Writes the row unless the key is held, and answers who holds it now: of many at a time, all get the same answer.
 *
 * The store takes a key and makes its row visible in one step, and keeps both through a restart and a killed process.
 * Between the two lies one gap: a server killed inside that step keeps the key without the row. Such a key is lost, and
 * the next in a fixed row of keys is taken in its place. After a power loss the store may know the row and not the key,
 * so the row is looked for first.
 *
 * Throws StoreError when nobody comes to hold the key, and what `read` throws.
 */
export async function putIfAbsent<Columns extends ColumnSet, Held>({
  store,
  table,
  values,
  key,
  read,
  isOurs = () => true,
}: PutIfAbsent<Columns, Held>): Promise<Held> {
  const before = await read()
  if (before !== null) return before
  return writeSealed(store, table, values, async () => {
    const rows = values.map(each => toRow(table, each))
    for (let attempt = 1; attempt <= KEYS_MAX; attempt++) {
      await store.insert(table.name, rows, { once: attempt === 1 ? key : `${key}#${attempt}` })
      const held = await readSettled(read)
      if (held !== null) return { isOurs: isOurs(held), answer: held }
    }
    throw new StoreError(
      `${table.name} shows no row for ${key} after ${KEYS_MAX} inserts; expected the one that was written: ` +
        "check that the table's rows are read where they are written",
      'PUT_LOST',
    )
  })
}

/** A replica may show a row a little later than another took it. */
async function readSettled<Held>(read: () => Promise<Held | null>): Promise<Held | null> {
  for (const delayMs of READ_DELAYS_MS) {
    if (delayMs > 0) await sleep(delayMs)
    const held = await read()
    if (held !== null) return held
  }
  return null
}
