import { requestEventV1 } from '../avro-types.ts'
import { isAcceptable } from './is-acceptable.ts'
import { loadScanner } from './load-scanner.ts'
import type { ByteRange, ScannedRequest, TextRange } from './scanned-request.ts'

/** A request of this size is odd: the decoder's. */
const VALUE_BYTES_MAX = 65_536
/** Beyond the values, for a step that begins in the last one. */
const ROOM_BYTES = 64
/** The slots are as assembly/slot.ts has them: words of 32 bits, and on two words each the floating numbers. */
const SLOTS_MAX = 1_024
const SLOT_WORDS = 24
const [START, END, OUTCOME, STATUS, SOURCE, CLIENT, INTEGRATION, IDENTITY_TEXT] = [0, 1, 2, 3, 12, 15, 18, 21]
const [TIME_MS, REQUEST_BYTES, RESPONSE_BYTES, POSITION] = [2, 3, 4, 5]
const IDENTITIES = [null, 'none', 'request_id', 'position'] as const

const { memory, scanRequests: scanSlots, slots, values, avroHeader } = loadScanner()
const bytes = new Uint8Array(memory.buffer)
const texts = new DataView(memory.buffer)
const words = new Int32Array(memory.buffer, slots)
const doubles = new Float64Array(memory.buffer, slots)
const valuesEnd = bytes.length - ROOM_BYTES
bytes.set(requestEventV1.header, avroHeader)

export type Scannable = { readonly value: Buffer | null; readonly valueRange?: ByteRange | null }

/**
 * The fast way past `decodeRecord` for what nearly every record is: one request, in ASCII, in a form of ours. Scans the
 * values from `first` on, as many as one go takes, and answers how many; `loadRequest` tells what was found. The loop over
 * their bytes is WebAssembly, a third of the time it takes in JavaScript, and has one memory for all: what was found is
 * there until the next call.
 */
export function scanRequests(records: readonly Scannable[], first: number): number {
  const span = new Span()
  let count = 0
  for (; count < SLOTS_MAX; count++) {
    const record = records[first + count]
    if (record === undefined) break
    const range = record.valueRange ?? wholeOf(record.value)
    const start = range === null ? NOWHERE : span.place(range)
    if (start === FULL) break
    words[count * SLOT_WORDS + START] = start
    words[count * SLOT_WORDS + END] =
      range === null || start === NOWHERE ? start : start + range.end - range.start
  }
  span.copy()
  scanSlots(count)
  return count
}

/** True when value `index` of the last scan is one request, now in `request`; false says nothing: the decoder decides. */
export function loadRequest(index: number, request: ScannedRequest): boolean {
  const word = index * SLOT_WORDS
  const identity = IDENTITIES[words[word + OUTCOME] ?? 0] ?? null
  if (identity === null) return false
  const double = word / 2
  request.texts = texts
  request.identity = identity
  request.status = words[word + STATUS] ?? 0
  request.timeMs = doubles[double + TIME_MS] ?? 0
  request.requestBytes = doubles[double + REQUEST_BYTES] ?? 0
  request.responseBytes = doubles[double + RESPONSE_BYTES] ?? 0
  loadText(word + SOURCE, request.source)
  loadText(word + CLIENT, request.client)
  loadText(word + INTEGRATION, request.integration)
  if (identity !== 'none') loadText(word + IDENTITY_TEXT, request.identityText)
  if (identity === 'position') request.position = doubles[double + POSITION] ?? 0
  return isAcceptable(request)
}

function loadText(word: number, range: TextRange): void {
  range.set(words[word] ?? 0, words[word + 1] ?? 0, words[word + 2] ?? 0)
}

const NOWHERE = 0
const FULL = -1

/** Copies ranges of the same bytes, one after the other as a batch has them, in one go: with what lies between them. */
class Span {
  private bytes: Uint8Array | null = null
  private start = 0
  private end = 0
  /** In the scanner's memory. */
  private address = values

  /** Where the range will be; NOWHERE for one that is too long to be scanned, FULL when the memory is. */
  place(range: ByteRange): number {
    const { bytes, start, end } = range
    if (end - start > VALUE_BYTES_MAX) return NOWHERE
    const isNear = bytes === this.bytes && start >= this.end && start - this.end <= VALUE_BYTES_MAX
    if (!isNear) {
      this.copy()
      this.address += this.end - this.start
      this.bytes = bytes
      this.start = start
      this.end = start
    }
    const address = this.address + start - this.start
    if (address + end - start > valuesEnd) return FULL
    this.end = end
    return address
  }

  copy(): void {
    if (this.bytes !== null) bytes.set(this.bytes.subarray(this.start, this.end), this.address)
  }
}

function wholeOf(value: Buffer | null): ByteRange | null {
  return value === null ? null : { bytes: value, start: 0, end: value.length }
}
