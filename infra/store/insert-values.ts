import type { Store } from './store.ts'
import { type ColumnSet, type Table, toRow, type Values } from './tables/table.ts'

const ROWS_PER_INSERT = 20_000

/** Inserts any number of rows with a bounded statement each. Resolves once all are durable. */
export async function insertValues<Columns extends ColumnSet>(
  store: Pick<Store, 'insert'>,
  table: Table<Columns>,
  values: Iterable<Values<Columns>>,
  onInserted: (rows: number) => void = () => {},
): Promise<void> {
  let chunk: Record<string, unknown>[] = []
  const insert = async () => {
    await store.insert(table.name, chunk)
    onInserted(chunk.length)
    chunk = []
  }
  for (const each of values) {
    chunk.push(toRow(table, each))
    if (chunk.length === ROWS_PER_INSERT) await insert()
  }
  if (chunk.length > 0) await insert()
}
