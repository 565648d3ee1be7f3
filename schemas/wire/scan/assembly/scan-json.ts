import {
  BEGINNING,
  FILE_FIELD,
  fieldOf,
  kindOf,
  lengthOf,
  NAME,
  NEEDED,
  NO_FIELD,
  NO_KEY,
  NUMBER,
  OF_IDENTITY,
  POSITION_FIELD,
  placeOf,
  REQUEST_ID_FIELD,
  readKey,
  SHORT_NUMBER,
} from './keys'
import { INTEGRATION, NOT_SCANNED, SOURCE, WITH_POSITION, WITH_REQUEST_ID, WITHOUT_IDENTITY } from './slot'
import { endOfName, endOfText, noteText, QUOTE, SPACE } from './text'

const COMMA: i32 = 0x2c
const ZERO: i32 = 0x30
const OPEN: i32 = 0x7b
const CLOSE: i32 = 0x7d
/** So many digits are a safe integer, whichever they are. */
const DIGITS_MAX: usize = 15
/** Repeats 32 bits in both halves of 64. */
const EACH_HALF: u64 = 0x1_0000_0001
/** In place of a position: nothing that can be read here. */
const NOWHERE: usize = 0

/**
 * A flat JSON request: names of printable ASCII without escapes, whole numbers, each field at most once, whatever other
 * texts and whole numbers beside them.
 */
export function scanJson(start: usize, end: usize, slot: usize): i32 {
  noteText(slot + SOURCE, 0, 0)
  noteText(slot + INTEGRATION, 0, 0)
  let at = passMark(start, end, OPEN)
  if (at === NOWHERE) return NOT_SCANNED
  let seen = NO_FIELD
  let key = BEGINNING
  for (;;) {
    key = readKey(key, at, end)
    if (key === NO_KEY) return NOT_SCANNED
    const field = fieldOf(key)
    if ((seen & field) !== 0) return NOT_SCANNED
    seen |= field
    at = readValue(passSpaces(at + lengthOf(key), end), end, kindOf(key), slot + placeOf(key))
    if (at === NOWHERE) return NOT_SCANNED
    const next = passMark(at, end, COMMA)
    if (next === NOWHERE) break
    at = next
  }
  if (passMark(at, end, CLOSE) !== end || (seen & NEEDED) !== NEEDED) return NOT_SCANNED
  return identityOf(seen & OF_IDENTITY)
}

function identityOf(seen: u32): i32 {
  if (seen === NO_FIELD) return WITHOUT_IDENTITY
  if (seen === REQUEST_ID_FIELD) return WITH_REQUEST_ID
  return seen === (FILE_FIELD | POSITION_FIELD) ? WITH_POSITION : NOT_SCANNED
}

/** Answers where it goes on. */
function readValue(at: usize, end: usize, kind: i32, into: usize): usize {
  if (kind === NAME) {
    if (at >= end || load<u8>(at) !== QUOTE) return NOWHERE
    const quote = endOfName(at + 1, end)
    if (quote >= end || load<u8>(quote) !== QUOTE) return NOWHERE
    noteText(into, at + 1, quote)
    return quote + 1
  }
  if (kind === NUMBER || kind === SHORT_NUMBER) return readNumber(at, end, kind, into)
  return passOther(at, end)
}

function readNumber(start: usize, end: usize, kind: i32, into: usize): usize {
  const at = endOfDigits(start, end)
  if (at === NOWHERE) return NOWHERE
  const value = readDigits(start, at - start)
  if (kind === NUMBER) store<f64>(into, <f64>value)
  else if (value <= 999) store<i32>(into, <i32>value)
  else return NOWHERE
  return at
}

/** A text or a whole number that doesn't count. */
function passOther(at: usize, end: usize): usize {
  if (at >= end) return NOWHERE
  if (load<u8>(at) !== QUOTE) return endOfDigits(at, end)
  const quote = endOfText(at + 1, end)
  return quote < end && load<u8>(quote) === QUOTE ? quote + 1 : NOWHERE
}

function endOfDigits(start: usize, end: usize): usize {
  if (start >= end) return NOWHERE
  const distances = v128.sub<i8>(v128.load(start), i8x16.splat(<i8>ZERO))
  const others = v128.bitmask<i8>(v128.gt<u8>(distances, i8x16.splat(9)))
  // The bit above the sixteen, so that there is one.
  const digits = min(<usize>ctz(others | 0x10000), end - start)
  if (digits === 0 || digits > DIGITS_MAX) return NOWHERE
  return digits > 1 && load<u8>(start) === ZERO ? NOWHERE : start + digits
}

/** At most fifteen digits. */
function readDigits(start: usize, digits: usize): i64 {
  if (digits <= 8) return ofLastEight(start, digits)
  const ahead = digits - 8
  return ofLastEight(start, ahead) * 100_000_000 + ofLastEight(start + ahead, 8)
}

/** One to eight digits, as the last of eight: two, then four, then all of them are put together at once. */
function ofLastEight(start: usize, digits: usize): i64 {
  let value = (load<u64>(start) & (<u64>0x0f0f_0f0f * EACH_HALF)) << ((8 - <u64>digits) * 8)
  value = (value * 10 + (value >> 8)) & (<u64>0x00ff_00ff * EACH_HALF)
  value = (value * 100 + (value >> 16)) & (<u64>0x0000_ffff * EACH_HALF)
  return <i64>((value * 10_000 + (value >> 32)) & 0xffff_ffff)
}

/** Steps over a structural character and the spaces around it. */
function passMark(start: usize, end: usize, mark: i32): usize {
  const at = passSpaces(start, end)
  return at < end && load<u8>(at) === mark ? passSpaces(at + 1, end) : NOWHERE
}

function passSpaces(start: usize, end: usize): usize {
  let at = start
  while (at < end && load<u8>(at) === SPACE) at++
  return at
}
