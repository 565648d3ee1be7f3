import { Readable } from 'node:stream'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'

export type Cell = string | bigint | null

type Column = { readonly name: string; readonly type: 'text' | 'count' }

/** A table as Parquet, each page a group of rows as its reader takes it; where they lie stands at its end. */
export function streamParquet(
  columns: readonly Column[],
  pages: AsyncIterable<readonly (readonly Cell[])[]>,
): Readable {
  const types = columns.map(({ name, type }) => {
    return { name, type: type === 'count' ? ('INT64' as const) : ('STRING' as const), nullable: true }
  })
  const writer = new ByteWriter()
  const schema = schemaFromColumnData({ columnData: types.map(each => ({ ...each, data: [] })) })
  const parquet = new ParquetWriter({ writer, schema })
  async function* write() {
    for await (const rows of pages) {
      const columnData = types.map(({ name }, at) => ({ name, data: rows.map(row => row[at] ?? null) }))
      if (rows.length > 0) parquet.write({ columnData, rowGroupSize: rows.length })
      yield takeBytes(writer)
    }
    parquet.finish()
    yield takeBytes(writer)
  }
  return Readable.from(write())
}

/** What was written since, so that it need not be held; how much it was in all, the writer remembers. */
function takeBytes(writer: ByteWriter): Buffer {
  const taken = Buffer.from(writer.getBuffer())
  writer.index = 0
  return taken
}
