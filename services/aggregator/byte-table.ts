import type { TextRange } from '@forbruk/schemas/wire/scanned-request.ts'

const SLOTS_FIRST = 16
const ARENA_BYTES_FIRST = 128
const EMPTY = -1

/**
 * Distinct texts by their bytes, numbered from 0 in the order in which they came. Holds what a Map of strings would,
 * without a string and an entry on the heap for each: open addressing over hashes, the bytes side by side. Grows by
 * doubling; `clear` keeps its memory for what comes next.
 */
export class ByteTable {
  size = 0
  /** Numbers of texts by slot. Never more than half full. */
  private slots = new Int32Array(SLOTS_FIRST).fill(EMPTY)
  private hashes = new Int32Array(SLOTS_FIRST / 2)
  /** Of text n the bytes from ends[n - 1] to ends[n]. */
  private ends = new Uint32Array(SLOTS_FIRST / 2)
  /** Those that were asked for. */
  private texts: string[] = []
  private arena: Uint8Array = new Uint8Array(ARENA_BYTES_FIRST)

  /** The number of the range's text, or -1. */
  find(bytes: Uint8Array, range: TextRange): number {
    return this.slots[this.findSlot(bytes, range)] ?? EMPTY
  }

  /** The number of the range's text, which is `size` as it was before when the text is new. */
  add(bytes: Uint8Array, range: TextRange): number {
    const slot = this.findSlot(bytes, range)
    const found = this.slots[slot] ?? EMPTY
    return found === EMPTY ? this.append(slot, bytes, range) : found
  }

  text(number: number): string {
    this.texts[number] ??= this.readText(number)
    return this.texts[number]
  }

  private readText(number: number): string {
    const { buffer, byteOffset } = this.arena
    const start = this.startOf(number)
    return Buffer.from(buffer, byteOffset + start, (this.ends[number] ?? start) - start).toString('utf8')
  }

  clear(): void {
    if (this.size === 0) return
    this.size = 0
    this.texts = []
    this.slots.fill(EMPTY)
  }

  private append(slot: number, bytes: Uint8Array, { start, end, hash }: TextRange): number {
    const number = this.size
    const arenaStart = this.startOf(number)
    const arenaEnd = arenaStart + end - start
    while (arenaEnd > this.arena.length) this.arena = doubled(this.arena, Uint8Array)
    for (let index = 0; index < end - start; index++)
      this.arena[arenaStart + index] = bytes[start + index] ?? 0
    this.slots[slot] = number
    this.hashes[number] = hash
    this.ends[number] = arenaEnd
    this.size = number + 1
    if (this.size === this.hashes.length) this.grow()
    return number
  }

  /** Where the text is, or the empty slot where it belongs. */
  private findSlot(bytes: Uint8Array, range: TextRange): number {
    const { slots, hashes } = this
    const mask = slots.length - 1
    let slot = range.hash & mask
    for (;;) {
      const number = slots[slot] ?? EMPTY
      if (number === EMPTY || (hashes[number] === range.hash && this.equals(number, bytes, range)))
        return slot
      slot = (slot + 1) & mask
    }
  }

  private equals(number: number, bytes: Uint8Array, { start, end }: TextRange): boolean {
    const { arena } = this
    const arenaStart = this.startOf(number)
    const length = end - start
    if ((this.ends[number] ?? 0) - arenaStart !== length) return false
    for (let index = 0; index < length; index++) {
      if (arena[arenaStart + index] !== bytes[start + index]) return false
    }
    return true
  }

  private startOf(number: number): number {
    return number === 0 ? 0 : (this.ends[number - 1] ?? 0)
  }

  private grow(): void {
    this.hashes = doubled(this.hashes, Int32Array)
    this.ends = doubled(this.ends, Uint32Array)
    const slots = new Int32Array(this.slots.length * 2).fill(EMPTY)
    const mask = slots.length - 1
    for (let number = 0; number < this.size; number++) {
      let slot = (this.hashes[number] ?? 0) & mask
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask
      slots[slot] = number
    }
    this.slots = slots
  }
}

type Numbers = { readonly length: number; set(values: ArrayLike<number>): void }

function doubled<Values extends Numbers & ArrayLike<number>>(
  values: Values,
  Kind: new (length: number) => Values,
): Values {
  const grown = new Kind(values.length * 2)
  grown.set(values)
  return grown
}
