import {
  CLIENT,
  IDENTITY_TEXT,
  INTEGRATION,
  POSITION,
  REQUEST_BYTES,
  RESPONSE_BYTES,
  SOURCE,
  STATUS,
  TIME_MS,
} from './slot'
import { endOfText, QUOTE } from './text'

/*
 * Half of an event is its keys, the same in every one and mostly in one order. So a key is compared, whole, with the
 * one that followed the last time, before it is looked for; and those that don't count are learned.
 *
 * Of each key: which bytes of the first and of the second half are its own, the key that followed it last, its field's
 * bit, how its value is read and where in the slot that goes, and `"key":` itself, in two halves of 16 bytes.
 */
const OF_FIRST_HALF: usize = 0
const OF_SECOND_HALF: usize = 4
const LENGTH: usize = 8
const NEXT: usize = 12
const FIELD: usize = 16
const KIND: usize = 20
const PLACE: usize = 24
const TEXT: usize = 32
const KEY_BYTES: usize = 64
const TEXT_BYTES_MAX: usize = 32

/** What a field's value is. */
export const OTHER: i32 = 0
export const NAME: i32 = 1
export const NUMBER: i32 = 2
export const SHORT_NUMBER: i32 = 3

/** Each a bit of those that were seen. */
export const NO_FIELD: u32 = 0
export const REQUEST_ID_FIELD: u32 = 1
export const FILE_FIELD: u32 = 2
export const POSITION_FIELD: u32 = 4
const SOURCE_FIELD: u32 = 8
const INTEGRATION_FIELD: u32 = 16
const CLIENT_FIELD: u32 = 32
const TIME_FIELD: u32 = 64
const STATUS_FIELD: u32 = 128
const REQUEST_BYTES_FIELD: u32 = 256
const RESPONSE_BYTES_FIELD: u32 = 512
export const OF_IDENTITY: u32 = REQUEST_ID_FIELD | FILE_FIELD | POSITION_FIELD
export const NEEDED: u32 =
  CLIENT_FIELD | TIME_FIELD | STATUS_FIELD | REQUEST_BYTES_FIELD | RESPONSE_BYTES_FIELD

const COLON: i32 = 0x3a

/** 48 of them. */
const KEYS: usize = memory.data(3072, 16)
const KEYS_END: usize = KEYS + 3072
export const NO_KEY: usize = 0
/** Has no text: what follows it is a value's first key. */
export const BEGINNING: usize = KEYS
let knownEnd: usize = KEYS + KEY_BYTES

addField('source', SOURCE_FIELD, NAME, SOURCE)
addField('request_id', REQUEST_ID_FIELD, NAME, IDENTITY_TEXT)
addField('client_id', CLIENT_FIELD, NAME, CLIENT)
addField('integration_id', INTEGRATION_FIELD, NAME, INTEGRATION)
addField('time', TIME_FIELD, NUMBER, TIME_MS)
addField('status', STATUS_FIELD, SHORT_NUMBER, STATUS)
addField('request_bytes', REQUEST_BYTES_FIELD, NUMBER, REQUEST_BYTES)
addField('response_bytes', RESPONSE_BYTES_FIELD, NUMBER, RESPONSE_BYTES)
addField('file', FILE_FIELD, NAME, IDENTITY_TEXT)
addField('position', POSITION_FIELD, NUMBER, POSITION)
store<u32>(BEGINNING, <u32>BEGINNING, NEXT)
/** From here on keys are forgotten for others, the first learned first. */
const learnedStart = knownEnd
let nextLearned = learnedStart

/** The key at `at`, which mostly is the one that followed `before` last time; NO_KEY when none can be read there. */
export function readKey(before: usize, at: usize, end: usize): usize {
  const expected = <usize>load<u32>(before, NEXT)
  if (isAt(expected, at, end)) return expected
  const found = findKey(at, end)
  if (found !== NO_KEY) store<u32>(before, <u32>found, NEXT)
  return found
}

export function lengthOf(key: usize): usize {
  return <usize>load<u32>(key, LENGTH)
}

export function fieldOf(key: usize): u32 {
  return load<u32>(key, FIELD)
}

export function kindOf(key: usize): i32 {
  return load<i32>(key, KIND)
}

export function placeOf(key: usize): usize {
  return <usize>load<u32>(key, PLACE)
}

function findKey(at: usize, end: usize): usize {
  for (let key = BEGINNING + KEY_BYTES; key < knownEnd; key += KEY_BYTES) {
    if (isAt(key, at, end)) return key
  }
  return learnKey(at, end)
}

/** A key that doesn't count. One that is very long or has spaces before its colon is left to the decoder. */
function learnKey(at: usize, end: usize): usize {
  if (at >= end || load<u8>(at) !== QUOTE) return NO_KEY
  const quote = endOfText(at + 1, end)
  const colon = quote + 1
  if (colon >= end || load<u8>(quote) !== QUOTE || load<u8>(colon) !== COLON) return NO_KEY
  const length = colon + 1 - at
  if (length > TEXT_BYTES_MAX) return NO_KEY
  const key = nextLearned
  nextLearned += KEY_BYTES
  knownEnd = max(knownEnd, nextLearned)
  if (nextLearned === KEYS_END) nextLearned = learnedStart
  memory.copy(key + TEXT, at, length)
  describe(key, length, NO_FIELD, OTHER, 0)
  return key
}

function addField(name: string, field: u32, kind: i32, place: usize): void {
  const key = knownEnd
  const quote = <usize>name.length + 1
  store<u8>(key, QUOTE, TEXT)
  for (let index = 0; index < name.length; index++) {
    store<u8>(key + 1 + index, <u8>name.charCodeAt(index), TEXT)
  }
  store<u8>(key + quote, QUOTE, TEXT)
  store<u8>(key + quote + 1, COLON, TEXT)
  describe(key, quote + 2, field, kind, place)
  knownEnd += KEY_BYTES
}

function describe(key: usize, length: usize, field: u32, kind: i32, place: usize): void {
  const ofBoth = <u32>(((<u64>1) << (<u64>length)) - 1)
  store<u32>(key, ofBoth & 0xffff, OF_FIRST_HALF)
  store<u32>(key, ofBoth >>> 16, OF_SECOND_HALF)
  store<u32>(key, <u32>length, LENGTH)
  store<u32>(key, <u32>BEGINNING, NEXT)
  store<u32>(key, field, FIELD)
  store<i32>(key, kind, KIND)
  store<u32>(key, <u32>place, PLACE)
}

function isAt(key: usize, at: usize, end: usize): bool {
  const length = lengthOf(key)
  if (length === 0 || at + length > end) return false
  const ofFirst = load<u32>(key, OF_FIRST_HALF)
  if ((sameBytes(at, key + TEXT) & ofFirst) !== ofFirst) return false
  const ofSecond = load<u32>(key, OF_SECOND_HALF)
  return ofSecond === 0 || (sameBytes(at + 16, key + TEXT + 16) & ofSecond) === ofSecond
}

function sameBytes(one: usize, other: usize): u32 {
  return <u32>v128.bitmask<i8>(v128.eq<i8>(v128.load(one), v128.load(other)))
}
