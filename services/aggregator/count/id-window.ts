import type { TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { ByteTable } from './byte-table.ts'

const OFFSETS_FIRST = 16

/**
 * Where the request ids of one source occurred last, at least as far back as a window. Ids are kept in two generations,
 * the newer one and that of the window before, so that a whole generation is forgotten at once.
 */
export class IdWindow {
  #newer = new Generation()
  #older = new Generation()
  #newerFromOffset = 0

  /** Remembers the id at its newest offset; answers the one before, or null when there is none within the window. */
  remember(texts: DataView, id: TextRange, offset: number, windowSize: number): number | null {
    if (offset - this.#newerFromOffset > windowSize) this.#startGeneration(offset)
    return this.#newer.set(texts, id, offset) ?? this.#older.get(texts, id)
  }

  #startGeneration(offset: number): void {
    const forgotten = this.#older
    forgotten.ids.clear()
    this.#older = this.#newer
    this.#newer = forgotten
    this.#newerFromOffset = offset
  }
}

class Generation {
  readonly ids = new ByteTable()
  /** By the id's number. */
  #lastOffsets = new Float64Array(OFFSETS_FIRST)

  get(texts: DataView, id: TextRange): number | null {
    const number = this.ids.find(texts, id)
    return number < 0 ? null : (this.#lastOffsets[number] ?? null)
  }

  /** Answers the offset that was there before. */
  set(texts: DataView, id: TextRange, offset: number): number | null {
    const known = this.ids.size
    const number = this.ids.add(texts, id)
    if (number === this.#lastOffsets.length) this.#grow()
    const lastOffset = number < known ? (this.#lastOffsets[number] ?? null) : null
    this.#lastOffsets[number] = offset
    return lastOffset
  }

  #grow(): void {
    const larger = new Float64Array(this.#lastOffsets.length * 2)
    larger.set(this.#lastOffsets)
    this.#lastOffsets = larger
  }
}
