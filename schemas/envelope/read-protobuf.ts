const [VARINT, FIXED_64, BYTES, FIXED_32] = [0, 1, 2, 5]
const VARINT_BYTES_MAX = 10

/** Fields of a protobuf message, without its schema. */
export class ProtobufReader {
  readonly #message: Buffer
  #at = 0

  constructor(message: Buffer) {
    this.#message = message
  }

  /** Every value of a field that holds bytes, in their order; null where the message is none. */
  messages(field: number): Buffer[] | null {
    const found: Buffer[] = []
    this.#at = 0
    while (this.#at < this.#message.length) {
      const tag = this.#varint()
      if (tag === null) return null
      const value = this.#value(tag % 8)
      if (value === null) return null
      if (Math.floor(tag / 8) === field && tag % 8 === BYTES) found.push(value)
    }
    return found
  }

  #value(wireType: number): Buffer | null {
    switch (wireType) {
      case VARINT:
        return this.#varint() === null ? null : NOTHING
      case FIXED_64:
        return this.#take(8)
      case FIXED_32:
        return this.#take(4)
      case BYTES: {
        const length = this.#varint()
        return length === null ? null : this.#take(length)
      }
      default:
        return null
    }
  }

  #take(length: number): Buffer | null {
    const end = this.#at + length
    if (end > this.#message.length) return null
    const bytes = this.#message.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  #varint(): number | null {
    let value = 0
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.#message[this.#at]
      if (byte === undefined) return null
      this.#at += 1
      value += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return value
    }
    return null
  }
}

const NOTHING = Buffer.alloc(0)
