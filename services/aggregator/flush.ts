import { type Store, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import type { FlushRows, Row } from './rows.ts'
import type { Sleep } from './sleep.ts'

const INSERT_ROWS_MAX = 16_384
const BACKOFF_FIRST_MS = 500
const BACKOFF_LAST_MS = 30_000

/**
 * Writes the rows of all partitions, the ledger's last: a ledger row must never be there without the rows it vouches
 * for. Every row is a set, not an addition, so any part may be written again.
 */
export async function flushRows(store: Pick<Store, 'insert'>, flushes: readonly FlushRows[]): Promise<void> {
  await insertAll(
    store,
    'usage_rollup',
    flushes.flatMap(rows => rows.usage),
  )
  await insertAll(
    store,
    'source_ledger',
    flushes.flatMap(rows => rows.sources),
  )
  await insertAll(
    store,
    'rejected_event',
    flushes.flatMap(rows => rows.rejected),
  )
  await insertAll(
    store,
    'block_ledger',
    flushes.flatMap(rows => rows.ledger),
  )
}

async function insertAll(store: Pick<Store, 'insert'>, table: string, rows: readonly Row[]): Promise<void> {
  for (let start = 0; start < rows.length; start += INSERT_ROWS_MAX) {
    await store.insert(table, rows.slice(start, start + INSERT_ROWS_MAX))
  }
}

/**
 * Tries `work` until the store is reachable: an outage must stop the counting, not lose or end it. Only a store that
 * can't be reached is waited for; an answer that says the statement is wrong is thrown at once.
 */
export async function whenAvailable<Value>(
  work: () => Promise<Value>,
  wait: { signal: AbortSignal; sleep: Sleep; onRetry: (error: Error, delayMs: number) => void },
): Promise<Value> {
  for (let delayMs = BACKOFF_FIRST_MS; ; delayMs = Math.min(delayMs * 2, BACKOFF_LAST_MS)) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || wait.signal.aborted) throw error
      wait.onRetry(error, delayMs)
      await wait.sleep(delayMs, wait.signal)
      if (wait.signal.aborted) throw error
    }
  }
}
