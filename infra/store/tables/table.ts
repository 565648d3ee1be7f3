import { z } from 'zod'
import type { Codec, ValueOf } from './codec.ts'

/**
 * A stored table or view, declared once: from its columns follow the checked shape of a row, the list of a SELECT and
 * what an insert takes. Values are named in camelCase, columns in snake_case; a codec's unit ends the value's name only.
 * Hand-written SQL stays SQL.
 */
export type Table<Columns extends ColumnSet> = {
  readonly name: string
  readonly columns: Columns
}

export type ColumnSet = { readonly [value: string]: Codec<unknown> }
export type Values<Columns extends ColumnSet> = {
  readonly [Key in keyof Columns]: ValueOf<Columns[Key]>
}
/** One row, as values of ours. */
export type RowOf<Of> = Of extends Table<infer Columns> ? Values<Columns> : never

export function declareTable<const Columns extends ColumnSet>(
  name: string,
  columns: Columns,
): Table<Columns> {
  return { name, columns }
}

/** `usageRollup.requestBytes` is `request_bytes`, `closedAtMs` is `closed_at`. */
export function columnName(key: string, { unit }: Pick<Codec<unknown>, 'unit'>): string {
  const name = unit !== undefined && key.endsWith(unit) ? key.slice(0, -unit.length) : key
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

/** Columns by name for a SELECT, and the shape of what it answers; all of the table's, or those that are named. */
export function select<
  Columns extends ColumnSet,
  Key extends keyof Columns & string = keyof Columns & string,
>(
  { columns }: Table<Columns>,
  ...keys: readonly Key[]
): { readonly list: string; readonly shape: z.ZodType<Values<Pick<Columns, Key>>> } {
  const chosen = Object.entries(columns).filter(
    ([key]) => keys.length === 0 || keys.some(each => each === key),
  )
  return {
    list: chosen.map(([key, codec]) => columnName(key, codec)).join(', '),
    // What is chosen by name can't be seen by the type checker.
    shape: rowShape(chosen) as unknown as z.ZodType<Values<Pick<Columns, Key>>>,
  }
}

/** The shape of a row that has these columns: of a table, or of an expression that SQL names. */
export function shapeOf<Columns extends ColumnSet>(columns: Columns): z.ZodType<Values<Columns>> {
  return rowShape(Object.entries(columns)) as unknown as z.ZodType<Values<Columns>>
}

/** What an insert takes of a row. */
export function toRow<Columns extends ColumnSet>(
  { columns }: Table<Columns>,
  values: Values<Columns>,
): Record<string, unknown> {
  return writeColumns(columns, values)
}

/** A tuple with names, such as each entry of an `Array(Tuple(…))`. */
export function tuple<Columns extends ColumnSet>(columns: Columns): Codec<Values<Columns>> {
  return {
    read: shapeOf(columns),
    write: values => writeColumns(columns, values),
    holds: type => holdsTuple(columns, type),
  }
}

function rowShape(columns: readonly (readonly [string, Codec<unknown>])[]) {
  const names = columns.map(([key, codec]) => [key, columnName(key, codec)] as const)
  const read = Object.fromEntries(columns.map(([key, codec]) => [columnName(key, codec), codec.read]))
  return z.object(read).transform(row => Object.fromEntries(names.map(([key, name]) => [key, row[name]])))
}

function writeColumns(
  columns: ColumnSet,
  values: { readonly [key: string]: unknown },
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([key, codec]) => [columnName(key, codec), codec.write(values[key])]),
  )
}

function holdsTuple(columns: ColumnSet, type: string): boolean {
  if (!type.startsWith('Tuple(') || !type.endsWith(')')) return false
  const parts = splitElements(type.slice('Tuple('.length, -1))
  const declared = Object.entries(columns)
  return (
    parts.length === declared.length &&
    declared.every(([key, codec], index) => {
      const [name = '', ...rest] = (parts[index] ?? '').split(' ')
      return name === columnName(key, codec) && codec.holds(rest.join(' '))
    })
  )
}

/** `a UInt32, b Array(Tuple(c String, d String))`: at the commas outside of any brackets. */
function splitElements(elements: string): string[] {
  const parts: string[] = ['']
  let depth = 0
  for (const character of elements) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character === ',' && depth === 0) parts.push('')
    else parts.push((parts.pop() ?? '') + character)
  }
  return parts.map(part => part.trim())
}
