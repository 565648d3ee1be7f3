import { RECORD_BYTES_MAX } from './decode.ts'
import { scanAvroRequest } from './scan-avro.ts'
import { scanJsonRequest } from './scan-json.ts'
import type { ByteRange, ScannedRequest } from './scanned-request.ts'

/**
 * The fast way past `decodeRecord` for what nearly every record is: one request, in ASCII, in a form of ours. True when
 * `request` holds what `decodeRecord` would answer, as ranges of the same bytes; false says nothing, and `decodeRecord` decides.
 */
export function scanRequest(value: ByteRange, request: ScannedRequest): boolean {
  if (value.end - value.start > RECORD_BYTES_MAX) return false
  switch (value.bytes[value.start]) {
    case 0xc3:
      return scanAvroRequest(value, request)
    case 0x7b:
      return scanJsonRequest(value, request)
    default:
      return false
  }
}
