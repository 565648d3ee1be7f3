import { z } from 'zod'

/** Of a row's brackets, or of a whole number with the comma before it. */
const MARK_BYTES_MAX = 20
/** A control character becomes six bytes, `\u0000`. */
const ESCAPED_BYTES_MAX = 6

const [QUOTE, COMMA, ZERO, OPEN, BACKSLASH, CLOSE, NEWLINE] = [0x22, 0x2c, 0x30, 0x5b, 0x5c, 0x5d, 0x0a]
const SPACE = 0x20

/** Rows as `Store.insertEncoded` takes them: a JSON array a line. */
export type EncodedRows = {
  readonly columns: readonly string[]
  readonly rows: number
  readonly bytes: Buffer
}

/**
 * Writes rows of texts and whole numbers straight into bytes, for tables that take very many: there is no object and no
 * string of a row.
 */
export class RowEncoder {
  private readonly columns: readonly string[]
  private bytes: Buffer
  private end = 0
  private rows = 0

  /** @param bytesExpected grows beyond them when it must */
  constructor(columns: readonly string[], bytesExpected: number) {
    this.columns = columns
    this.bytes = Buffer.allocUnsafeSlow(bytesExpected)
  }

  startRow(): void {
    this.reserve(MARK_BYTES_MAX)
    this.bytes[this.end++] = OPEN
  }

  endRow(): void {
    this.reserve(MARK_BYTES_MAX)
    // In place of the comma after the last value.
    this.bytes[this.end - 1] = CLOSE
    this.bytes[this.end++] = NEWLINE
    this.rows += 1
  }

  /** A safe integer, not negative. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`${value} can't be stored exactly: expected a whole number from 0 to 2^53`)
    }
    this.reserve(MARK_BYTES_MAX)
    const { bytes } = this
    const end = this.end + digitsOf(value)
    let at = end
    let rest = value
    while (rest > 0x7fffffff) {
      const tenth = Math.floor(rest / 10)
      bytes[--at] = ZERO + (rest - tenth * 10)
      rest = tenth
    }
    do {
      const tenth = (rest / 10) | 0
      bytes[--at] = ZERO + (rest - tenth * 10)
      rest = tenth
    } while (rest > 0)
    bytes[end] = COMMA
    this.end = end + 1
  }

  /** The text in `source` from `start` to `end`, in UTF-8. */
  text(source: DataView, start: number, end: number): void {
    this.reserve(MARK_BYTES_MAX + (end - start) * ESCAPED_BYTES_MAX)
    const { bytes } = this
    let at = this.end
    bytes[at++] = QUOTE
    for (let index = start; index < end; index++) {
      const byte = source.getUint8(index)
      if (byte < SPACE) at += bytes.write(`\\u00${byte.toString(16).padStart(2, '0')}`, at, 'latin1')
      else {
        if (byte === QUOTE || byte === BACKSLASH) bytes[at++] = BACKSLASH
        bytes[at++] = byte
      }
    }
    bytes[at++] = QUOTE
    bytes[at++] = COMMA
    this.end = at
  }

  /** Values that were encoded before, and are the same in many rows. */
  values(encoded: Uint8Array): void {
    this.reserve(MARK_BYTES_MAX + encoded.length)
    const { bytes, end } = this
    for (let index = 0; index < encoded.length; index++) bytes[end + index] = encoded[index] ?? 0
    this.end = end + encoded.length
  }

  /** What was written. */
  finish(): EncodedRows {
    return { columns: this.columns, rows: this.rows, bytes: this.bytes.subarray(0, this.end) }
  }

  private reserve(bytes: number): void {
    if (this.end + bytes <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.end + bytes))
    larger.set(this.bytes.subarray(0, this.end))
    this.bytes = larger
  }
}

function digitsOf(value: number): number {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits += 1
  return digits
}

const valuesShape = z.array(z.union([z.string(), z.number()]))

/** As objects again. */
export function decodeRows({ columns, bytes }: EncodedRows): Record<string, string | number>[] {
  const lines = bytes.toString('utf8').split('\n').slice(0, -1)
  return lines.map(line => {
    const values = valuesShape.parse(JSON.parse(line))
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']))
  })
}
