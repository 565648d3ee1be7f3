import { TextColumn } from '@forbruk/infra/store/column-block.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { RegistryApart } from './read-apart.ts'

/** Stores a registry's rows under the hash of its content: doing it again, or twice at once, changes nothing. */
export async function insertRegistry(store: Store, importId: string, reading: RegistryApart): Promise<void> {
  let ids = TextColumn.of('import_id', importId, 0)
  let idRows = 0
  for (let report = await reading.next(); report.kind !== 'end'; report = await reading.next()) {
    if (report.kind !== 'block')
      throw new TypeError(`a registry has a report «${report.kind}» among its blocks`)
    const { table, rows, columns } = report
    // Blocks are of one size, but for the last of each table.
    if (rows !== idRows) ids = TextColumn.of('import_id', importId, rows)
    idRows = rows
    await store.insertBlocks(table, [{ rows, columns: [ids, ...columns] }])
  }
}
