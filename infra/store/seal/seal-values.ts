import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { Store } from '../store.ts'
import { type Seal, seal } from '../tables/seal.ts'
import { type ColumnSet, select, type Table, toRow, type Values } from '../tables/table.ts'
import { SEALED, type SealedTable } from './sealed-tables.ts'

const sealedByName = new Map(SEALED.map(each => [each.table.name, each]))

/**
 * Writes rows between their seals, where their table is sealed: before them, so that of a row that stands nobody has to
 * ask whether its seal is still to come; and after them, since a row of which writing broke off is not lost.
 * @param write answers whether the rows that stand now are these
 */
export async function writeSealed<Columns extends ColumnSet, Answer>(
  store: Pick<Store, 'insert'>,
  table: Table<Columns>,
  values: readonly Values<Columns>[],
  write: () => Promise<{ readonly isOurs: boolean; readonly answer: Answer }>,
): Promise<Answer> {
  const sealed = sealedByName.get(table.name)
  if (sealed === undefined || values.length === 0) return (await write()).answer
  const { shape } = select(sealed.table)
  const seals = values.map(each => makeSeal(sealed, shape.parse(toRow(table, each))))
  const insert = (isWritten: boolean) =>
    store.insert(
      seal.name,
      seals.map(each => toRow(seal, { ...each, isWritten })),
    )
  await insert(false)
  const { isOurs, answer } = await write()
  if (isOurs) await insert(true)
  return answer
}

/** Pure. Of a row as it is read; `columns` are the first of the table, all by default. */
export function makeSeal(
  { table, key }: SealedTable,
  row: Values<ColumnSet>,
  columns = table.spelled.length,
): Omit<Seal, 'isWritten'> {
  const covered = table.spelled.slice(0, columns).map(({ key: name }) => [name, row[name]])
  const content: unknown = JSON.parse(JSON.stringify(Object.fromEntries(covered), spellBigint))
  return {
    sealedTable: table.name,
    key: key.map(name => String(row[name])).join('/'),
    columns,
    contentHash: hashContent(content),
  }
}

function spellBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
