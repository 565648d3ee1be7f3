/** Bytes are not what their schema says; `message` says where they break off, and holds nothing of them. */
export class AvroMalformedError extends Error {
  override name = 'AvroMalformedError'
}

/** No record of a log comes near it. A few bytes can stand for any number of empty values. */
const TEXT_MAX = 16 * 1024 * 1024
const DEPTH_MAX = 64
const LONG_BYTES_MAX = 10
/** As many bits as a number can be shifted by; two of them and a bit more are a long. */
const LOW_BYTES = 4

/**
 * Avro's binary encoding from its first byte on. Each step is held against the bytes that are left, against how deep it
 * is and how much has come of it: whoever writes a record may be wrong, or mean harm.
 */
export class AvroBytes {
  readonly #bytes: Buffer
  #at = 0
  #depth = 0
  #textLeft = TEXT_MAX

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** A bigint where a number would not be exact. */
  readLong(): number | bigint {
    let low = 0
    for (let index = 0; index < LOW_BYTES; index++) {
      const byte = this.#readByte()
      low += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return unfold(low)
    }
    let whole = BigInt(low)
    for (let index = LOW_BYTES; index < LONG_BYTES_MAX; index++) {
      const byte = this.#readByte()
      whole += BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte < 0x80) return unfoldWhole(whole)
    }
    throw new AvroMalformedError(`a number is longer than ${LONG_BYTES_MAX} bytes`)
  }

  readInt(): number {
    const value = this.readLong()
    if (typeof value === 'number' && (value | 0) === value) return value
    throw new AvroMalformedError('an int is longer than 32 bits')
  }

  readBoolean(): boolean {
    const byte = this.#readByte()
    if (byte > 1) throw new AvroMalformedError(`a boolean is ${byte}; expected 0 or 1`)
    return byte === 1
  }

  readFloat(): number {
    return this.take(4).readFloatLE()
  }

  readDouble(): number {
    return this.take(8).readDoubleLE()
  }

  /** Of which there are as many as stand before them. */
  readBytes(): Buffer {
    return this.take(this.#readLength('a text'))
  }

  take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) {
      throw new AvroMalformedError(`it is cut off: ${end - this.#bytes.length} bytes are missing`)
    }
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  /** Of an array or a map, block after block; calls `read` for each item. */
  readItems(read: () => void): void {
    for (let count = this.readLong(); count !== 0; count = this.readLong()) {
      // A negative one comes with the length of its items in bytes.
      if (count < 0) this.#readLength('a block')
      const items = count < 0 ? -count : count
      if (items > this.#bytes.length - this.#at)
        throw new AvroMalformedError('a list is longer than its bytes')
      for (let left = Number(items); left > 0; left--) {
        const before = this.#at
        read()
        // A count alone would stand for any number of them.
        if (this.#at === before) throw new AvroMalformedError('an item of a list takes no bytes')
      }
    }
  }

  /** Within a value that may hold itself. */
  within<Value>(read: () => Value): Value {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX) throw new AvroMalformedError(`it is deeper than ${DEPTH_MAX} levels`)
    const value = read()
    this.#depth -= 1
    return value
  }

  /** What becomes of the bytes, bounded over all of them. */
  spend(text: string): string {
    this.#textLeft -= text.length
    if (this.#textLeft < 0) throw new AvroMalformedError(`it comes to more than ${TEXT_MAX} characters`)
    return text
  }

  end(): void {
    const left = this.#bytes.length - this.#at
    if (left > 0) throw new AvroMalformedError(`${left} bytes are left over`)
  }

  #readLength(what: string): number {
    const length = this.readLong()
    if (typeof length === 'number' && length >= 0) return length
    throw new AvroMalformedError(
      `${what} is ${length < 0 ? 'shorter than nothing' : 'longer than its bytes'}`,
    )
  }

  #readByte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new AvroMalformedError('it is cut off: a number is missing')
    this.#at += 1
    return byte
  }
}

/** Avro's zigzag: 0, -1, 1, -2 … are 0, 1, 2, 3 … */
function unfold(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
}

function unfoldWhole(folded: bigint): number | bigint {
  if (folded >= 2n ** 64n) throw new AvroMalformedError('a number is longer than 64 bits')
  const value = (folded >> 1n) ^ -(folded & 1n)
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
