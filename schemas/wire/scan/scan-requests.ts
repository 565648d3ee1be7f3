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

export type Scannable = { readonly value: Buffer | null; readonly valueRange?: ByteRange | null }

/**
 * The fast way past `decodeRecord` for what nearly every record is: one request, in ASCII, in a form of ours. The loop
 * over the values' bytes is WebAssembly, a third of the time it takes in JavaScript. Its memory holds what the last
 * scan found, so whoever scans has one of their own; many partitions that are counted in turn share one.
 */
export class RequestScanner {
  readonly #scanSlots: (count: number) => void
  readonly #texts: DataView<ArrayBuffer>
  readonly #words: Int32Array
  readonly #doubles: Float64Array
  readonly #memory: Uint8Array
  readonly #valuesStart: number

  constructor() {
    const { memory, scanRequests, slots, values, avroHeader } = loadScanner()
    this.#scanSlots = scanRequests
    this.#memory = new Uint8Array(memory.buffer)
    this.#valuesStart = values
    this.#texts = new DataView(memory.buffer)
    this.#words = new Int32Array(memory.buffer, slots)
    this.#doubles = new Float64Array(memory.buffer, slots)
    this.#memory.set(requestEventV1.header, avroHeader)
  }

  /** Scans the values from `first` on, as many as one go takes, and answers how many; `load` tells what was found. */
  scan(records: readonly Scannable[], first: number): number {
    const words = this.#words
    const span = new Span(this.#memory, this.#valuesStart)
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
    this.#scanSlots(count)
    return count
  }

  /** True when value `index` of the last scan is one request, now in `request`; else the decoder is to decide. */
  load(index: number, request: ScannedRequest): boolean {
    const words = this.#words
    const word = index * SLOT_WORDS
    const identity = IDENTITIES[words[word + OUTCOME] ?? 0] ?? null
    if (identity === null) return false
    const doubles = this.#doubles
    const double = word / 2
    request.texts = this.#texts
    request.identity = identity
    request.status = words[word + STATUS] ?? 0
    request.timeMs = doubles[double + TIME_MS] ?? 0
    request.requestBytes = doubles[double + REQUEST_BYTES] ?? 0
    request.responseBytes = doubles[double + RESPONSE_BYTES] ?? 0
    request.timeVouched = false
    loadText(words, word + SOURCE, request.source)
    loadText(words, word + CLIENT, request.client)
    loadText(words, word + INTEGRATION, request.integration)
    if (identity !== 'none') loadText(words, word + IDENTITY_TEXT, request.identityText)
    if (identity === 'position') request.position = doubles[double + POSITION] ?? 0
    return isAcceptable(request)
  }
}

function loadText(words: Int32Array, word: number, range: TextRange): void {
  range.set(words[word] ?? 0, words[word + 1] ?? 0, words[word + 2] ?? 0)
}

const NOWHERE = 0
const FULL = -1

/** Copies ranges of the same bytes, one after the other as a batch has them, in one go: with what lies between them. */
class Span {
  readonly #memory: Uint8Array
  readonly #memoryEnd: number
  #bytes: Uint8Array | null = null
  #start = 0
  #end = 0
  /** Where `#start` is in the memory. */
  #address: number

  constructor(memory: Uint8Array, address: number) {
    this.#memory = memory
    this.#memoryEnd = memory.length - ROOM_BYTES
    this.#address = address
  }

  /** Where the range will be; NOWHERE for one that is too long to be scanned, FULL when the memory is. */
  place(range: ByteRange): number {
    const { bytes, start, end } = range
    if (end - start > VALUE_BYTES_MAX) return NOWHERE
    const isNear = bytes === this.#bytes && start >= this.#end && start - this.#end <= VALUE_BYTES_MAX
    if (!isNear) {
      this.copy()
      this.#address += this.#end - this.#start
      this.#bytes = bytes
      this.#start = start
      this.#end = start
    }
    const address = this.#address + start - this.#start
    if (address + end - start > this.#memoryEnd) return FULL
    this.#end = end
    return address
  }

  copy(): void {
    if (this.#bytes !== null) this.#memory.set(this.#bytes.subarray(this.#start, this.#end), this.#address)
  }
}

function wholeOf(value: Buffer | null): ByteRange | null {
  return value === null ? null : { bytes: value, start: 0, end: value.length }
}
