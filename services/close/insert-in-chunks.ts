import type { Store } from '@forbruk/infra/store/store.ts'

const ROWS_PER_INSERT = 5_000

/** Inserts any number of rows with a bounded statement each. Resolves once all are durable. */
export async function insertInChunks(
  store: Store,
  table: string,
  rows: readonly Record<string, unknown>[],
  onInserted: (rows: number) => void = () => {},
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    const chunk = rows.slice(start, start + ROWS_PER_INSERT)
    await store.insert(table, chunk)
    onInserted(chunk.length)
  }
}
