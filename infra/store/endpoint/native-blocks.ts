import { EndpointException } from './exception.ts'
import { parseType } from './parse-type.ts'

/** From here on each column says in one byte whether its values are laid out in a way of their own. */
const PROTOCOL_WITH_CUSTOM_LAYOUT = 54_454

/** Field 1, "holds overflow rows": no; field 2, bucket: -1, none; the end of the fields. */
const BLOCK_INFO = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])

const NO_CUSTOM_LAYOUT = Buffer.of(0)

/**
 * Native blocks for a client that names its protocol version, as clickhouse-go and with it Grafana's plugin do over
 * HTTP. The embedded engine writes them without the header and the byte per column which such a client expects; where
 * a column's values begin and end follows from its type.
 */
export function addBlockHeaders(body: Buffer, protocolVersion: number): Buffer {
  if (protocolVersion === 0) return body
  const parts: Buffer[] = []
  const reader = new Cursor(body)
  while (!reader.isAtEnd) {
    const start = reader.offset
    const columns = reader.varint()
    const rows = reader.varint()
    parts.push(BLOCK_INFO, body.subarray(start, reader.offset))
    for (let column = 0; column < columns; column += 1) {
      const head = reader.offset
      reader.skip(reader.varint())
      const type = reader.text(reader.varint())
      parts.push(body.subarray(head, reader.offset))
      if (protocolVersion >= PROTOCOL_WITH_CUSTOM_LAYOUT) parts.push(NO_CUSTOM_LAYOUT)
      const values = reader.offset
      if (rows > 0) {
        skipPrefixes(reader, type)
        skipValues(reader, type, rows)
      }
      parts.push(body.subarray(values, reader.offset))
    }
  }
  return Buffer.concat(parts)
}

class Cursor {
  offset = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#bytes.length
  }

  skip(bytes: number): void {
    this.offset += bytes
    if (this.offset > this.#bytes.length) throw new Error('a Native block ends before its values do')
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes.readUInt8(this.offset)
      this.offset += 1
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
  }

  text(bytes: number): string {
    const start = this.offset
    this.skip(bytes)
    return this.#bytes.toString('utf8', start, this.offset)
  }

  uint64(): number {
    this.skip(8)
    return Number(this.#bytes.readBigUInt64LE(this.offset - 8))
  }

  /** The last of `count` UInt64 in a row: how many elements all arrays of a column have together. */
  lastOffset(count: number): number {
    if (count === 0) return 0
    this.skip(8 * (count - 1))
    return this.uint64()
  }
}

const WIDTHS: Readonly<Record<string, number>> = {
  Bool: 1,
  Int8: 1,
  UInt8: 1,
  Enum8: 1,
  Nothing: 1,
  Int16: 2,
  UInt16: 2,
  Enum16: 2,
  Date: 2,
  BFloat16: 2,
  Int32: 4,
  UInt32: 4,
  Float32: 4,
  Date32: 4,
  DateTime: 4,
  Time: 4,
  IPv4: 4,
  Int64: 8,
  UInt64: 8,
  Float64: 8,
  DateTime64: 8,
  Time64: 8,
  Int128: 16,
  UInt128: 16,
  UUID: 16,
  IPv6: 16,
  Int256: 32,
  UInt256: 32,
}

/** Before the values of a column each dictionary in its type has the version of its layout. */
function skipPrefixes(reader: Cursor, type: string): void {
  const { name, elements } = parseType(type)
  if (name === 'LowCardinality') reader.skip(8)
  else if (CONTAINERS.has(name)) for (const element of elements) skipPrefixes(reader, withoutName(element))
  else if (name === 'SimpleAggregateFunction') skipPrefixes(reader, elements[1] ?? '')
}

const CONTAINERS = new Set(['Array', 'Map', 'Nullable', 'Tuple'])

function skipValues(reader: Cursor, type: string, rows: number): void {
  const { name, elements } = parseType(type)
  const [first = '', second = ''] = elements
  const width = widthOf(name, first)
  if (width !== null) reader.skip(width * rows)
  else if (name === 'String') skipStrings(reader, rows)
  else if (name === 'Nullable') {
    reader.skip(rows)
    skipValues(reader, first, rows)
  } else if (name === 'Array') skipValues(reader, first, reader.lastOffset(rows))
  else if (name === 'Map') skipColumns(reader, elements, reader.lastOffset(rows))
  else if (name === 'Tuple') skipColumns(reader, elements.map(withoutName), rows)
  else if (name === 'LowCardinality') skipDictionary(reader, first, rows)
  else if (name === 'SimpleAggregateFunction') skipValues(reader, second, rows)
  else throw unsupported(type)
}

/** The distinct values, then for each row the index of its own. NULL is one of the indexes, not of the values. */
function skipDictionary(reader: Cursor, type: string, rows: number): void {
  if (rows === 0) return
  const indexWidth = 2 ** (reader.uint64() & 0xff)
  skipValues(reader, type.replace(/^Nullable\((.*)\)$/s, '$1'), reader.uint64())
  reader.skip(indexWidth * reader.uint64())
}

function skipColumns(reader: Cursor, types: readonly string[], rows: number): void {
  for (const type of types) skipValues(reader, type, rows)
}

function skipStrings(reader: Cursor, rows: number): void {
  for (let row = 0; row < rows; row += 1) reader.skip(reader.varint())
}

function unsupported(type: string): EndpointException {
  return new EndpointException(
    48,
    'NOT_IMPLEMENTED',
    `Native format with client_protocol_version is not supported for a column of type ${type}: ` +
      'convert it, e.g. by toString(). ',
  )
}

/** Bytes per value, or null where values differ in length. */
function widthOf(name: string, argument: string): number | null {
  if (name === 'FixedString') return Number(argument)
  if (name === 'Decimal') return decimalWidth(Number(argument))
  if (name.startsWith('Interval')) return 8
  return WIDTHS[name] ?? null
}

function decimalWidth(precision: number): number {
  if (precision <= 9) return 4
  if (precision <= 18) return 8
  return precision <= 38 ? 16 : 32
}

/** An element of a tuple can have a name: «client String», «`a b` Array(UInt8)». */
function withoutName(element: string): string {
  return element.replace(/^(?:`(?:\\.|[^`\\])*`|\w+) (?=\w)/s, '')
}
