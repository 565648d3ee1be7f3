/** Rows of a table, column by column, for inserts of very many: there is no object and no string of a row. */
export type ColumnBlock = {
  readonly rows: number
  /** Of as many values each. */
  readonly columns: readonly Column[]
}

/** The same, as it came from another process. */
export type EncodedBlock = {
  readonly rows: number
  readonly columns: readonly Pick<Column, 'name' | 'type' | 'bytes'>[]
}

export type Column = NumberColumn | TextColumn

const WIDTHS = { UInt8: 1, UInt32: 4, UInt64: 8 } as const
/** A UInt64 is given as a number, which is exact below 2^53. */
const LIMITS = { UInt8: 2 ** 8, UInt32: 2 ** 32, UInt64: 2 ** 53 } as const
const WORD = 2 ** 32
type NumberType = keyof typeof WIDTHS

/** Whole numbers, not negative, as ClickHouse keeps them: side by side, the lowest byte first. */
export class NumberColumn {
  readonly name: string
  readonly type: NumberType
  readonly #width: number
  readonly #limit: number
  readonly #values: DataView<ArrayBuffer>
  #end = 0

  /** For at most `rows` values. */
  constructor(name: string, type: NumberType, rows: number) {
    this.name = name
    this.type = type
    this.#width = WIDTHS[type]
    this.#limit = LIMITS[type]
    this.#values = new DataView(new ArrayBuffer(rows * this.#width))
  }

  static of(name: string, type: NumberType, value: number, rows: number): NumberColumn {
    const column = new NumberColumn(name, type, rows)
    for (let row = 0; row < rows; row++) column.add(value)
    return column
  }

  add(value: number): void {
    if (!(value >= 0 && value < this.#limit && Number.isInteger(value))) throw this.#inexact(value)
    const values = this.#values
    const end = this.#end
    const width = this.#width
    if (width === 1) values.setUint8(end, value)
    else values.setUint32(end, value, true)
    if (width === 8) values.setUint32(end + 4, value / WORD, true)
    this.#end = end + width
  }

  /** Any UInt64, by its halves. */
  addHalves(low: number, high: number): void {
    if (this.#width !== 8) throw new RangeError(`"${this.name}" holds ${this.type}, which has no halves`)
    this.#values.setUint32(this.#end, low, true)
    this.#values.setUint32(this.#end + 4, high, true)
    this.#end += 8
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#values.buffer, 0, this.#end)
  }

  *read(): Generator<number | bigint> {
    const values = this.#values
    const width = this.#width
    for (let at = 0; at < this.#end; at += width) {
      if (width === 1) yield values.getUint8(at)
      else if (width === 4) yield values.getUint32(at, true)
      else yield exactly(values.getBigUint64(at, true))
    }
  }

  #inexact(value: number): RangeError {
    return new RangeError(
      `"${this.name}" can't hold ${value} exactly: expected a whole number from 0 to ${this.#limit - 1}`,
    )
  }
}

function exactly(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** As many as the length of a text in memory takes, seven bits to a byte. */
const LENGTH_BYTES_MAX = 5
/** Their length takes one byte. */
const SHORT_MAX = 64
const ASCII_MAX = 0x7f

/** Texts in UTF-8 as ClickHouse keeps them: side by side, each after its length. */
export class TextColumn {
  readonly name: string
  readonly type = 'String'
  #values: Buffer<ArrayBuffer>
  #end = 0

  /** @param bytesExpected grows beyond them when it must */
  constructor(name: string, bytesExpected: number) {
    this.name = name
    this.#values = Buffer.alloc(bytesExpected)
  }

  static of(name: string, text: string, rows: number): TextColumn {
    const one = new TextColumn(name, 0)
    one.addText(text)
    const column = new TextColumn(name, 0)
    column.#values = Buffer.alloc(rows * one.#end, one.bytes)
    column.#end = column.#values.length
    return column
  }

  /** The text in `source` from `start` to `end`. */
  add(source: DataView, start: number, end: number): void {
    const length = end - start
    this.#reserve(length + LENGTH_BYTES_MAX)
    const values = this.#values
    let at = writeLength(values, this.#end, length)
    for (let index = start; index < end; index++) values[at++] = source.getUint8(index)
    this.#end = at
  }

  addText(text: string): void {
    if (text.length <= SHORT_MAX && this.#addAscii(text)) return
    const length = Buffer.byteLength(text)
    this.#reserve(length + LENGTH_BYTES_MAX)
    const start = writeLength(this.#values, this.#end, length)
    this.#end = start + this.#values.write(text, start)
  }

  /** Most texts are short ones, which cost less here than what it takes to leave the language for them. */
  #addAscii(text: string): boolean {
    const { length } = text
    this.#reserve(length + 1)
    const values = this.#values
    const end = this.#end
    values[end] = length
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code > ASCII_MAX) return false
      values[end + 1 + index] = code
    }
    this.#end = end + 1 + length
    return true
  }

  get bytes(): Uint8Array {
    return this.#values.subarray(0, this.#end)
  }

  *read(): Generator<string> {
    let at = 0
    while (at < this.#end) {
      const { length, start } = readLength(this.#values, at)
      at = start + length
      yield Buffer.from(this.#values.buffer, start, length).toString('utf8')
    }
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes
    if (needed <= this.#values.length) return
    const larger = Buffer.alloc(Math.max(this.#values.length * 2, needed))
    larger.set(this.bytes)
    this.#values = larger
  }
}

/** Seven bits to a byte, the lowest first; the eighth bit says that more follow. Answers where the length ends. */
export function writeLength(bytes: Uint8Array, start: number, length: number): number {
  let at = start
  let rest = length
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
  bytes[at++] = rest
  return at
}

function readLength(bytes: Uint8Array, start: number): { readonly length: number; readonly start: number } {
  let length = 0
  let at = start
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0
    length |= (byte & 0x7f) << shift
    if (byte <= 0x7f) return { length, start: at }
  }
}

/** As objects, one for each row. */
export function rowsOf({ rows, columns }: ColumnBlock): Record<string, string | number | bigint>[] {
  const all: Record<string, string | number | bigint>[] = Array.from({ length: rows }, () => ({}))
  for (const column of columns) {
    let index = 0
    for (const value of column.read()) {
      const row = all[index++]
      if (row !== undefined) row[column.name] = value
    }
  }
  return all
}
