import type { TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'

const SLOTS_FIRST = 16
const TEXTS_FIRST = 8
const ARENA_BYTES_FIRST = 128
const NONE = -1
const NO_TAG = 0

/** Takes a text by its bytes, as a column of many does. */
type TextTarget = { add(bytes: DataView, start: number, end: number): void }

/**
 * Distinct texts by their bytes, numbered from 0 in the order in which they came. Holds what a Map of strings would,
 * without a string and an entry on the heap for each: open addressing over hashes, the bytes side by side. Grows by
 * doubling; `clear` keeps its memory for what comes next.
 */
export class ByteTable {
  size = 0
  /**
   * Of each slot half of the hash, NO_TAG when it is empty. Mostly all that is looked at for a text that is not there,
   * and small enough for the cache where the rest is not.
   */
  #tags = new Uint16Array(SLOTS_FIRST)
  /** Of each slot the text's number. */
  #numbers = new Int32Array(SLOTS_FIRST)
  #hashes = new Int32Array(TEXTS_FIRST)
  /** Of text n the bytes from ends[n - 1] to ends[n]. */
  #ends = new Uint32Array(TEXTS_FIRST)
  /** Those that were asked for. */
  #strings: string[] = []
  #arena = new DataView(new ArrayBuffer(ARENA_BYTES_FIRST))

  /** The number of the range's text, or -1. */
  find(texts: DataView, range: TextRange): number {
    return this.#numberAt(this.#findSlot(texts, range))
  }

  /** The number of the range's text, which is `size` as it was before when the text is new. */
  add(texts: DataView, range: TextRange): number {
    const slot = this.#findSlot(texts, range)
    const found = this.#numberAt(slot)
    return found === NONE ? this.#append(slot, texts, range) : found
  }

  text(number: number): string {
    this.#strings[number] ??= this.#readString(number)
    return this.#strings[number]
  }

  addTo(target: TextTarget, number: number): void {
    target.add(this.#arena, this.#startOf(number), this.#ends[number] ?? 0)
  }

  #readString(number: number): string {
    const start = this.#startOf(number)
    return Buffer.from(this.#arena.buffer, start, (this.#ends[number] ?? start) - start).toString('utf8')
  }

  clear(): void {
    if (this.size === 0) return
    this.size = 0
    this.#strings = []
    this.#tags.fill(NO_TAG)
  }

  #append(slot: number, texts: DataView, { start, end, hash }: TextRange): number {
    const number = this.size
    const arenaStart = this.#startOf(number)
    const arenaEnd = arenaStart + end - start
    while (arenaEnd > this.#arena.byteLength) this.#growArena()
    copyText(texts, start, end, this.#arena, arenaStart)
    this.#take(slot, hash, number)
    this.#hashes[number] = hash
    this.#ends[number] = arenaEnd
    this.size = number + 1
    if (this.size === this.#ends.length) this.#growColumns()
    // Full to five eighths, at the most.
    if (this.size * 8 > this.#tags.length * 5) this.#growSlots()
    return number
  }

  #take(slot: number, hash: number, number: number): void {
    this.#tags[slot] = tagOf(hash)
    this.#numbers[slot] = number
  }

  #numberAt(slot: number): number {
    return this.#tags[slot] === NO_TAG ? NONE : (this.#numbers[slot] ?? NONE)
  }

  /** Where the text is, or the empty slot where it belongs. */
  #findSlot(texts: DataView, range: TextRange): number {
    const tags = this.#tags
    const wanted = tagOf(range.hash)
    const mask = tags.length - 1
    for (let slot = range.hash & mask; ; slot = (slot + 1) & mask) {
      const tag = tags[slot]
      if (tag === NO_TAG || (tag === wanted && this.#equals(this.#numbers[slot] ?? NONE, texts, range)))
        return slot
    }
  }

  #equals(number: number, texts: DataView, { start, end }: TextRange): boolean {
    const arenaStart = this.#startOf(number)
    const isAsLong = (this.#ends[number] ?? 0) - arenaStart === end - start
    return isAsLong && isSameText(texts, start, end, this.#arena, arenaStart)
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0)
  }

  #growArena(): void {
    const larger = new Uint8Array(this.#arena.byteLength * 2)
    larger.set(new Uint8Array(this.#arena.buffer))
    this.#arena = new DataView(larger.buffer)
  }

  #growColumns(): void {
    const ends = new Uint32Array(this.#ends.length * 2)
    const hashes = new Int32Array(this.#hashes.length * 2)
    ends.set(this.#ends)
    hashes.set(this.#hashes)
    this.#ends = ends
    this.#hashes = hashes
  }

  #growSlots(): void {
    const slots = this.#tags.length * 2
    this.#tags = new Uint16Array(slots)
    this.#numbers = new Int32Array(slots)
    for (let number = 0; number < this.size; number++) {
      const hash = this.#hashes[number] ?? 0
      let slot = hash & (slots - 1)
      while (this.#tags[slot] !== NO_TAG) slot = (slot + 1) & (slots - 1)
      this.#take(slot, hash, number)
    }
  }
}

/** The upper half: the lower one says where to look. */
function tagOf(hash: number): number {
  return hash >>> 16 || 1
}

/** Words of four bytes, then the bytes that are left. */
function copyText(from: DataView, start: number, end: number, to: DataView, toStart: number): void {
  const shift = toStart - start
  let at = start
  for (; at + 4 <= end; at += 4) to.setInt32(at + shift, from.getInt32(at))
  for (; at < end; at++) to.setUint8(at + shift, from.getUint8(at))
}

function isSameText(one: DataView, start: number, end: number, other: DataView, otherStart: number): boolean {
  const shift = otherStart - start
  let at = start
  for (; at + 4 <= end; at += 4) if (one.getInt32(at) !== other.getInt32(at + shift)) return false
  for (; at < end; at++) if (one.getUint8(at) !== other.getUint8(at + shift)) return false
  return true
}
