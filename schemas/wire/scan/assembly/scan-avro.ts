import {
  CLIENT,
  IDENTITY_TEXT,
  INTEGRATION,
  NOT_SCANNED,
  POSITION,
  REQUEST_BYTES,
  RESPONSE_BYTES,
  SOURCE,
  STATUS,
  TIME_MS,
  WITH_POSITION,
  WITH_REQUEST_ID,
  WITHOUT_IDENTITY,
} from './slot'
import { isPrintableAscii, noteText } from './text'

/** Single-object encoding's marker and the fingerprint of request-event.v1.avsc, written here from outside. */
export const AVRO_HEADER: usize = memory.data(16, 8)
const HEADER_BYTES: usize = 10
/** So many bytes of a varint are a safe integer, whichever they are. */
const VARINT_BYTES_MAX: usize = 7

/** Of the number read last; negative when there was none that can be read here. */
let number: i64 = 0

/** A request event of version 1, field by field as its schema has them, from the value's first byte to its last. */
export function scanAvro(start: usize, end: usize, slot: usize): i32 {
  if (start + HEADER_BYTES > end || !hasHeader(start)) return NOT_SCANNED
  let at = readName(start + HEADER_BYTES, end, slot + SOURCE)
  if (at === 0) return NOT_SCANNED
  at = readVarint(at)
  const branch = number
  if (branch === 1) {
    at = readName(at, end, slot + IDENTITY_TEXT)
    if (at === 0) return NOT_SCANNED
    at = readNumber(at, slot + POSITION)
  } else if (branch === 2) {
    at = readName(at, end, slot + IDENTITY_TEXT)
  } else if (branch !== 0) return NOT_SCANNED
  if (at !== 0) at = readName(at, end, slot + CLIENT)
  if (at !== 0) at = readName(at, end, slot + INTEGRATION)
  if (at !== 0) at = readNumber(at, slot + TIME_MS)
  if (at !== 0) at = readStatus(at, slot)
  if (at !== 0) at = readNumber(at, slot + REQUEST_BYTES)
  if (at !== 0) at = readNumber(at, slot + RESPONSE_BYTES)
  // Also false after a number or a name that reached beyond the value, into the one that follows.
  if (at !== end) return NOT_SCANNED
  return branch === 0 ? WITHOUT_IDENTITY : branch === 1 ? WITH_POSITION : WITH_REQUEST_ID
}

function hasHeader(at: usize): bool {
  return load<u64>(at) === load<u64>(AVRO_HEADER) && load<u16>(at, 8) === load<u16>(AVRO_HEADER, 8)
}

/** Answers where it goes on, or 0: so do all that follow. */
function readName(at: usize, end: usize, range: usize): usize {
  const start = readVarint(at)
  if (number < 0 || start > end || number > <i64>(end - start)) return 0
  const nameEnd = start + <usize>number
  if (!isPrintableAscii(start, nameEnd)) return 0
  noteText(range, start, nameEnd)
  return nameEnd
}

function readNumber(at: usize, into: usize): usize {
  const next = readVarint(at)
  if (number < 0) return 0
  store<f64>(into, <f64>number)
  return next
}

function readStatus(at: usize, slot: usize): usize {
  const next = readVarint(at)
  if (number < 0 || number > 999) return 0
  store<i32>(slot, <i32>number, STATUS)
  return next
}

/** A zigzag number of seven bits a byte into `number`; answers where it ends. */
function readVarint(start: usize): usize {
  let at = start
  let bits: u64 = 0
  let shift: u64 = 0
  for (;;) {
    const byte = <u64>load<u8>(at)
    at += 1
    bits |= (byte & 0x7f) << shift
    shift += 7
    if (byte < 0x80) break
    if (at - start === VARINT_BYTES_MAX) {
      number = -1
      return at
    }
  }
  number = (bits & 1) === 0 ? <i64>(bits >> 1) : -1
  return at
}
