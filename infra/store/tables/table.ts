import { z } from 'zod'
import type { Codec, ValueOf } from './codec.ts'

/**
 * A stored table or view, declared once: from its columns follow the checked shape of a row, the list of a SELECT and
 * what an insert takes. Values are named in camelCase, columns in snake_case; a codec's unit ends the value's name
 * only. Hand-written SQL stays SQL.
 */
export type Table<Columns extends ColumnSet> = {
  readonly name: string
  readonly columns: Columns
  /** The same, spelled as SQL does; once, since rows are many. */
  readonly spelled: readonly SpelledColumn[]
}

export type ColumnSet = { readonly [value: string]: Codec<unknown> }
export type Values<Columns extends ColumnSet> = {
  readonly [Key in keyof Columns]: ValueOf<Columns[Key]>
}
/** One row, as values of ours. */
export type RowOf<Of> = Of extends Table<infer Columns> ? Values<Columns> : never

type SpelledColumn = { readonly key: string; readonly name: string; readonly codec: Codec<unknown> }

export function declareTable<const Columns extends ColumnSet>(
  name: string,
  columns: Columns,
): Table<Columns> {
  return { name, columns, spelled: spell(columns) }
}

/** The table as somebody looks at it who needs all columns but these. */
export function omit<Columns extends ColumnSet, Key extends keyof Columns & string>(
  { name, columns }: Table<Columns>,
  ...keys: readonly Key[]
): Table<Omit<Columns, Key>> {
  const others = Object.entries(columns).filter(([key]) => !keys.some(each => each === key))
  // What is left out by name can't be seen by the type checker; the same below.
  return declareTable(name, Object.fromEntries(others) as unknown as Omit<Columns, Key>)
}

/** Columns by name for a SELECT, and the shape of what it answers; all of the table's, or those that are named. */
export function select<
  Columns extends ColumnSet,
  Key extends keyof Columns & string = keyof Columns & string,
>(
  { spelled }: Table<Columns>,
  ...keys: readonly Key[]
): { readonly list: string; readonly shape: z.ZodType<Values<Pick<Columns, Key>>> } {
  const chosen = spelled.filter(({ key }) => keys.length === 0 || keys.some(each => each === key))
  return {
    list: chosen.map(({ name }) => name).join(', '),
    shape: rowShape(chosen) as unknown as z.ZodType<Values<Pick<Columns, Key>>>,
  }
}

/** The shape of a row that has these columns: of a table, or of an expression that SQL names. */
export function shapeOf<Columns extends ColumnSet>(columns: Columns): z.ZodType<Values<Columns>> {
  return rowShape(spell(columns)) as unknown as z.ZodType<Values<Columns>>
}

/** What an insert takes of a row. */
export function toRow<Columns extends ColumnSet>(
  { spelled }: Table<Columns>,
  values: Values<Columns>,
): Record<string, unknown> {
  return writeColumns(spelled, values)
}

/** A tuple with names, such as each entry of an `Array(Tuple(…))`. */
export function tuple<Columns extends ColumnSet>(columns: Columns): Codec<Values<Columns>> {
  const spelled = spell(columns)
  return {
    read: shapeOf(columns),
    write: values => writeColumns(spelled, values),
    holds: type => holdsTuple(spelled, type),
  }
}

/** `requestBytes` is `request_bytes`, `closedAtMs` is `closed_at`. */
function spell(columns: ColumnSet): SpelledColumn[] {
  return Object.entries(columns).map(([key, codec]) => {
    const { unit } = codec
    const name = unit !== undefined && key.endsWith(unit) ? key.slice(0, -unit.length) : key
    return { key, name: name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`), codec }
  })
}

function rowShape(spelled: readonly SpelledColumn[]) {
  const stored = Object.fromEntries(spelled.map(({ name, codec }) => [name, codec.read]))
  return z.object(stored).transform(row => {
    const values: Record<string, unknown> = {}
    for (const { key, name } of spelled) values[key] = row[name]
    return values
  })
}

function writeColumns(
  spelled: readonly SpelledColumn[],
  values: { readonly [key: string]: unknown },
): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const { key, name, codec } of spelled) row[name] = codec.write(values[key])
  return row
}

function holdsTuple(spelled: readonly SpelledColumn[], type: string): boolean {
  if (!type.startsWith('Tuple(') || !type.endsWith(')')) return false
  const parts = splitElements(type.slice('Tuple('.length, -1))
  return (
    parts.length === spelled.length &&
    spelled.every(({ name, codec }, index) => {
      const [element = '', ...rest] = (parts[index] ?? '').split(' ')
      return element === name && codec.holds(rest.join(' '))
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
