import { randomUUID } from 'node:crypto'
import type { Store } from '@forbruk/infra/store/store.ts'
import { text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { z } from 'zod'

type Row = Readonly<Record<string, unknown>>

/** What a disk, a hand or a bug may do to a table: its rows are taken out and put back otherwise, past all of ours. */
export async function openRot(store: Store, table: string) {
  const columns = await store.query(
    `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}
     ORDER BY position`,
    shapeOf({ name: text, type: text }),
    { table },
  )
  const rows: readonly Row[] = await store.query(`SELECT * FROM ${table}`, z.record(z.string(), z.unknown()))
  const replace = async (others: readonly Row[]) => {
    await store.command(`TRUNCATE TABLE ${table}`)
    // Under a key of its own: a table that remembers its inserts would pass over one that it had before.
    if (others.length > 0) await store.insert(table, others, { once: randomUUID() })
  }
  return {
    rows,
    columns,
    lose: () => replace(rows.slice(1)),
    double: () => replace([...rows, ...rows.slice(0, 1)]),
    change: (column: { name: string; type: string }) =>
      replace(
        rows.map((row, index) =>
          index === 0 ? { ...row, [column.name]: spoil(row[column.name], column.type) } : row,
        ),
      ),
    mend: () => replace(rows),
  }
}

/** Another value of the type. */
function spoil(value: unknown, type: string): unknown {
  if (type.startsWith('Nullable(')) return value === null ? spoil('', type.slice(9, -1)) : null
  if (type.startsWith('Array(') && Array.isArray(value) && value.length > 0) return value.slice(1)
  if (type.startsWith('Array(Tuple(')) return [{}]
  if (type.startsWith('Array(')) return ['1']
  if (type === 'Bool') return value !== true
  if (type === 'UUID') return '6f8f8b2e-7d0e-4c39-9d49-0b0a3b1f2c12'
  if (type.startsWith('DateTime')) return '2001-02-03 04:05:06'
  if (/^U?Int\d+$/.test(type)) return String(value) === '1' ? 2 : 1
  if (type.startsWith('Decimal')) return String(value).startsWith('7') ? '8' : '7'
  const others = type.startsWith('Enum8(') ? (type.match(/'[^']*'/g) ?? []) : []
  const other = others.map(each => each.slice(1, -1)).find(each => each !== value)
  return other ?? `${String(value)}x`
}
