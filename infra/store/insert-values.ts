import { writeSealed } from './seal/seal-values.ts'
import type { Store } from './store.ts'
import { type ColumnSet, type Table, toRow, type Values } from './tables/table.ts'

const ROWS_PER_INSERT = 20_000

/** Inserts any number of rows with a bounded statement each, and their seals. Resolves once all are durable. */
export async function insertValues<Columns extends ColumnSet>(
  store: Pick<Store, 'insert'>,
  table: Table<Columns>,
  values: Iterable<Values<Columns>>,
  onInserted: (rows: number) => void = () => {},
): Promise<void> {
  let chunk: Values<Columns>[] = []
  const insert = async () => {
    await writeSealed(store, table, chunk, async () => {
      await store.insert(
        table.name,
        chunk.map(each => toRow(table, each)),
      )
      return { isOurs: true, answer: null }
    })
    onInserted(chunk.length)
    chunk = []
  }
  for (const each of values) {
    chunk.push(each)
    if (chunk.length === ROWS_PER_INSERT) await insert()
  }
  if (chunk.length > 0) await insert()
}
