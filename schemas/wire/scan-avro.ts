import { requestEventV1 } from './avro-types.ts'
import { isAcceptable } from './is-acceptable.ts'
import {
  type ByteRange,
  EMPTY_HASH,
  HASH_PRIME,
  type ScannedRequest,
  type TextRange,
} from './scanned-request.ts'

const SPACE = 0x20
const DELETE = 0x7f
const HEADER_BYTES = 10
/** So many bytes of a varint are a safe integer, whichever they are. */
const VARINT_BYTES_MAX = 7

/**
 * Reads a request event of version 1 (request-event.v1.avsc) straight from its bytes, field by field as the schema has
 * them. True only for an event that `decodeRecord` accepts, and then with the same values; names beyond printable ASCII
 * and whatever is odd or wrong are false, and `decodeRecord` decides.
 */
export function scanAvroRequest(value: ByteRange, request: ScannedRequest): boolean {
  return scanner.read(value, request)
}

class AvroScanner {
  private bytes: Uint8Array = new Uint8Array(0)
  private at = 0
  private end = 0

  read({ bytes, start, end }: ByteRange, request: ScannedRequest): boolean {
    if (!hasHeader(bytes, start)) return false
    this.bytes = bytes
    this.at = start + HEADER_BYTES
    this.end = end
    request.bytes = bytes
    if (!this.readName(request.source) || !this.readIdentity(request)) return false
    if (!this.readName(request.client) || !this.readName(request.integration)) return false
    request.timeMs = this.readNumber()
    request.status = this.readNumber()
    request.requestBytes = this.readNumber()
    request.responseBytes = this.readNumber()
    const isWhole = request.timeMs >= 0 && request.status >= 0
    const isCounted = request.requestBytes >= 0 && request.responseBytes >= 0
    return isWhole && isCounted && this.at === end && isAcceptable(request)
  }

  private readIdentity(request: ScannedRequest): boolean {
    switch (this.readNumber()) {
      case 0:
        request.identity = 'none'
        return true
      case 1:
        request.identity = 'position'
        if (!this.readName(request.identityText)) return false
        request.position = this.readNumber()
        return request.position >= 0
      case 2:
        request.identity = 'request_id'
        return this.readName(request.identityText)
      default:
        return false
    }
  }

  private readName(range: TextRange): boolean {
    const length = this.readNumber()
    const { bytes, at: start } = this
    const end = start + length
    if (length < 0 || end > this.end) return false
    let hash = EMPTY_HASH
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? DELETE
      if (byte < SPACE || byte >= DELETE) return false
      hash = Math.imul(hash ^ byte, HASH_PRIME)
    }
    range.set(start, end, hash)
    this.at = end
    return true
  }

  /** A zigzag number that is not negative, or -1. */
  private readNumber(): number {
    const { bytes, at: start } = this
    let byte = bytes[start] ?? 1
    let value = byte & 0x7f
    let factor = 0x80
    let at = start + 1
    for (; byte >= 0x80; at++) {
      if (at - start === VARINT_BYTES_MAX) return -1
      byte = bytes[at] ?? 0
      value += (byte & 0x7f) * factor
      factor *= 0x80
    }
    this.at = at
    return value % 2 === 0 ? value / 2 : -1
  }
}

const scanner = new AvroScanner()

function hasHeader(bytes: Uint8Array, start: number): boolean {
  const { header } = requestEventV1
  for (let index = 0; index < HEADER_BYTES; index++) {
    if (bytes[start + index] !== header[index]) return false
  }
  return true
}
