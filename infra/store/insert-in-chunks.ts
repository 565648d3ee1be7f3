import type { Store } from './store.ts'

const ROWS_PER_INSERT = 20_000

/** Inserts any number of rows with a bounded statement each. Resolves once all are durable. */
export async function insertInChunks(
  store: Store,
  table: string,
  rows: Iterable<Record<string, unknown>>,
  onInserted: (rows: number) => void = () => {},
): Promise<void> {
  let chunk: Record<string, unknown>[] = []
  const insert = async () => {
    await store.insert(table, chunk)
    onInserted(chunk.length)
    chunk = []
  }
  for (const row of rows) {
    chunk.push(row)
    if (chunk.length === ROWS_PER_INSERT) await insert()
  }
  if (chunk.length > 0) await insert()
}
