import type { TextPool } from './text-pool.ts'

/** A file's rows, column by column: some twenty bytes of an activation, where objects took ten times as many. */
export type PackedTable<Column extends string> = {
  /** The line of each row, from 1, the header's. */
  readonly lines: Uint32Array
  /** Of each row the code that the cell's text has in the pool. */
  readonly columns: Readonly<Record<Column, Uint32Array>>
}

/** Takes rows as a file has them, and packs them. */
export class PackedRows<Column extends string> {
  readonly #pool: TextPool
  readonly #lines = new NumberList()
  readonly #columns: readonly PackedColumn<Column>[]

  /**
   * @param columns those of the table
   * @param header those of the file, in its order; cells of a column that it hasn't are empty
   * @param names those whose texts nobody compares with others
   */
  constructor(
    pool: TextPool,
    columns: readonly Column[],
    header: readonly string[],
    names: readonly Column[],
  ) {
    this.#pool = pool
    this.#columns = columns.map(column => {
      const isName = names.includes(column)
      return {
        column,
        isName,
        at: header.indexOf(column),
        codes: new NumberList(),
        text: '',
        code: pool.add(''),
      }
    })
  }

  add(cells: readonly string[], line: number): void {
    this.#lines.add(line)
    for (const column of this.#columns) {
      const text = cells[column.at] ?? ''
      // Whoever sorted the file has the same id in many rows one after the other.
      if (text !== column.text) {
        column.text = text
        column.code = column.isName ? this.#pool.append(text) : this.#pool.add(text)
      }
      column.codes.add(column.code)
    }
  }

  finish(): PackedTable<Column> {
    const columns = this.#columns.map(({ column, codes }) => [column, codes.values] as const)
    // Every column has been gone through, which the type checker can't see.
    return { lines: this.#lines.values, columns: Object.fromEntries(columns) as Record<Column, Uint32Array> }
  }
}

type PackedColumn<Column> = {
  readonly column: Column
  readonly isName: boolean
  readonly at: number
  readonly codes: NumberList
  /** Of the row before. */
  text: string
  code: number
}

const LENGTH_AT_FIRST = 256

/** Whole numbers below 2^32. */
class NumberList {
  #values = new Uint32Array(LENGTH_AT_FIRST)
  #length = 0

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = value
  }

  get values(): Uint32Array {
    return this.#values.subarray(0, this.#length)
  }
}
