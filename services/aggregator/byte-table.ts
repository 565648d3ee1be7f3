import type { RowEncoder } from '@forbruk/infra/store/row-encoder.ts'
import type { TextRange } from '@forbruk/schemas/wire/scanned-request.ts'

const TEXTS_FIRST = 8
const ARENA_BYTES_FIRST = 128
const NONE = -1

/**
 * Distinct texts by their bytes, numbered from 0 in the order in which they came. Holds what a Map of strings would,
 * without a string and an entry on the heap for each: open addressing over hashes, the bytes side by side. Grows by
 * doubling; `clear` keeps its memory for what comes next.
 */
export class ByteTable {
  size = 0
  /** Of each slot the hash and, beside it in the same line of the cache, one more than the text's number; 0 when it is empty. */
  private slots = new Int32Array(TEXTS_FIRST * 4)
  /** Of text n the bytes from ends[n - 1] to ends[n]. */
  private ends = new Uint32Array(TEXTS_FIRST)
  /** Those that were asked for. */
  private texts: string[] = []
  private arena: Uint8Array = new Uint8Array(ARENA_BYTES_FIRST)

  /** The number of the range's text, or -1. */
  find(bytes: Uint8Array, range: TextRange): number {
    return this.numberAt(this.findSlot(bytes, range))
  }

  /** The number of the range's text, which is `size` as it was before when the text is new. */
  add(bytes: Uint8Array, range: TextRange): number {
    const slot = this.findSlot(bytes, range)
    const found = this.numberAt(slot)
    return found === NONE ? this.append(slot, bytes, range) : found
  }

  text(number: number): string {
    this.texts[number] ??= this.readText(number)
    return this.texts[number]
  }

  /** As the row's next value. */
  encode(number: number, encoder: RowEncoder): void {
    encoder.text(this.arena, this.startOf(number), this.ends[number] ?? 0)
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
    this.slots.fill(0)
  }

  private append(slot: number, bytes: Uint8Array, { start, end, hash }: TextRange): number {
    const number = this.size
    const arenaStart = this.startOf(number)
    const arenaEnd = arenaStart + end - start
    while (arenaEnd > this.arena.length) this.arena = doubled(this.arena, Uint8Array)
    const { arena } = this
    for (let index = 0; index < end - start; index++) arena[arenaStart + index] = bytes[start + index] ?? 0
    this.slots[slot] = hash
    this.slots[slot + 1] = number + 1
    this.ends[number] = arenaEnd
    this.size = number + 1
    if (this.size === this.ends.length) this.grow()
    return number
  }

  private numberAt(slot: number): number {
    return (this.slots[slot + 1] ?? 0) - 1
  }

  /** Where the text is, or the empty slot where it belongs: an index of `slots`. Never more than half of them are taken. */
  private findSlot(bytes: Uint8Array, range: TextRange): number {
    const { slots } = this
    const { hash } = range
    const mask = slots.length - 1
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const number = (slots[slot + 1] ?? 0) - 1
      if (number === NONE || (slots[slot] === hash && this.equals(number, bytes, range))) return slot
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
    this.ends = doubled(this.ends, Uint32Array)
    const before = this.slots
    const slots = new Int32Array(before.length * 2)
    const mask = slots.length - 1
    for (let from = 0; from < before.length; from += 2) {
      const [hash = 0, numberPlusOne = 0] = [before[from], before[from + 1]]
      if (numberPlusOne === 0) continue
      let slot = (hash << 1) & mask
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask
      slots[slot] = hash
      slots[slot + 1] = numberPlusOne
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
