import type { ColumnBlock } from '@forbruk/infra/store/column-block.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { type Store, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { blockLedger } from '@forbruk/infra/store/tables/block-ledger.ts'
import { rejectedEvent } from '@forbruk/infra/store/tables/rejected-event.ts'
import { requestIdentity } from '@forbruk/infra/store/tables/request-identity.ts'
import { sourceLedger } from '@forbruk/infra/store/tables/source-ledger.ts'
import { usageRollup } from '@forbruk/infra/store/tables/usage-rollup.ts'
import { type BlockRows, INSERT_IDENTITIES_MAX, INSERT_ROWS_MAX } from './encode-block.ts'
import type { Sleep } from './sleep.ts'

const BACKOFF_FIRST_MS = 500
const BACKOFF_LAST_MS = 30_000

/**
 * Writes the rows of blocks of all partitions, the ledger's last: a ledger row must never be there without the rows it
 * vouches for. Every row is a set, not an addition, so any part may be written again.
 */
export async function flushRows(store: FlushStore, blocks: readonly BlockRows[]): Promise<void> {
  for (const columns of joined(
    blocks.flatMap(({ usage }) => usage),
    INSERT_ROWS_MAX,
  )) {
    await store.insertBlocks(usageRollup.name, columns)
  }
  for (const columns of joined(
    blocks.flatMap(({ identities }) => identities),
    INSERT_IDENTITIES_MAX,
  )) {
    await store.insertBlocks(requestIdentity.name, columns)
  }
  const sources = blocks.flatMap(block => block.sources)
  const rejected = blocks.flatMap(block => block.rejected)
  const ledger = blocks.map(block => block.ledger)
  await insertValues(store, sourceLedger, sources)
  await insertValues(store, rejectedEvent, rejected)
  await insertValues(store, blockLedger, ledger)
}

export type FlushStore = Pick<Store, 'insert'> & {
  insertBlocks(table: string, blocks: readonly ColumnBlock[]): Promise<void>
}

/** What fits into one insert goes as one: each is a part that ClickHouse has to merge. */
function* joined(all: readonly ColumnBlock[], rowsMax: number): Generator<readonly ColumnBlock[]> {
  let group: ColumnBlock[] = []
  let size = 0
  for (const block of all) {
    if (size + block.rows > rowsMax) {
      yield group
      group = []
      size = 0
    }
    group.push(block)
    size += block.rows
  }
  yield group
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
