const CELLS_FIRST = 16
const EMPTY = -1
/**
 * A cell is five words of 64 bits: its key and whether it changed in the first two, as words of 32, and its three sums.
 * Side by side, so that one request touches one or two lines of the cache.
 */
const CELL_DOUBLES = 5
const CELL_WORDS = 10
const [CLIENT, INTEGRATION, HOUR_AND_CLASS, CHANGED] = [0, 1, 2, 3]
const [REQUESTS, REQUEST_BYTES, RESPONSE_BYTES] = [2, 3, 4]

/**
 * Requests and bytes of a block by client, integration, hour and status class: a hash table over three small numbers,
 * its cells numbered in the order in which they came. Numbers in one piece of memory, not an object for each cell, so
 * that the garbage collector has nothing to go through. Sums are whole numbers below 2^53, which the fold sees to.
 */
export class UsageTable {
  size = 0
  /** Cells by slot. Never more than half full. */
  #slots = new Int32Array(CELLS_FIRST * 2).fill(EMPTY)
  #words = new Int32Array(CELLS_FIRST * CELL_WORDS)
  /** The same memory. */
  #doubles = new Float64Array(this.#words.buffer)
  #changedCells: number[] = []

  /** How many cells have changed since `takeChanged`. */
  get changedSize(): number {
    return this.#changedCells.length
  }

  /** One request more. `hourAndClass` tells hours since the epoch and the status class in one small number. */
  add(
    client: number,
    integration: number,
    hourAndClass: number,
    requestBytes: number,
    responseBytes: number,
  ): void {
    const cell = this.#cellOf(client, integration, hourAndClass)
    const doubles = this.#doubles
    const words = this.#words
    const double = cell * CELL_DOUBLES
    doubles[double + REQUESTS] = (doubles[double + REQUESTS] ?? 0) + 1
    doubles[double + REQUEST_BYTES] = (doubles[double + REQUEST_BYTES] ?? 0) + requestBytes
    doubles[double + RESPONSE_BYTES] = (doubles[double + RESPONSE_BYTES] ?? 0) + responseBytes
    const word = cell * CELL_WORDS
    if (words[word + CHANGED] === 1) return
    words[word + CHANGED] = 1
    this.#changedCells.push(cell)
  }

  at(cell: number) {
    const word = cell * CELL_WORDS
    const double = cell * CELL_DOUBLES
    return {
      client: this.#words[word + CLIENT] ?? EMPTY,
      integration: this.#words[word + INTEGRATION] ?? EMPTY,
      hourAndClass: this.#words[word + HOUR_AND_CLASS] ?? EMPTY,
      requests: this.#doubles[double + REQUESTS] ?? 0,
      requestBytes: this.#doubles[double + REQUEST_BYTES] ?? 0,
      responseBytes: this.#doubles[double + RESPONSE_BYTES] ?? 0,
    }
  }

  takeChanged(): readonly number[] {
    const taken = this.#changedCells
    for (const cell of taken) this.#words[cell * CELL_WORDS + CHANGED] = 0
    this.#changedCells = []
    return taken
  }

  #cellOf(client: number, integration: number, hourAndClass: number): number {
    const slots = this.#slots
    const words = this.#words
    const mask = slots.length - 1
    let slot = hashOf(client, integration, hourAndClass) & mask
    for (;;) {
      const cell = slots[slot] ?? EMPTY
      if (cell === EMPTY) return this.#append(slot, client, integration, hourAndClass)
      const word = cell * CELL_WORDS
      const isSame =
        words[word + CLIENT] === client &&
        words[word + HOUR_AND_CLASS] === hourAndClass &&
        words[word + INTEGRATION] === integration
      if (isSame) return cell
      slot = (slot + 1) & mask
    }
  }

  #append(slot: number, client: number, integration: number, hourAndClass: number): number {
    const cell = this.size
    const slots = this.#slots
    const words = this.#words
    const word = cell * CELL_WORDS
    slots[slot] = cell
    words[word + CLIENT] = client
    words[word + INTEGRATION] = integration
    words[word + HOUR_AND_CLASS] = hourAndClass
    this.size = cell + 1
    if (this.size * CELL_WORDS === words.length) this.#grow()
    return cell
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2)
    words.set(this.#words)
    this.#words = words
    this.#doubles = new Float64Array(words.buffer)
    this.#slots = this.#placeAll(new Int32Array(this.#slots.length * 2).fill(EMPTY))
  }

  #placeAll(slots: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
    const mask = slots.length - 1
    for (let cell = 0; cell < this.size; cell++) {
      const { client, integration, hourAndClass } = this.at(cell)
      let slot = hashOf(client, integration, hourAndClass) & mask
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask
      slots[slot] = cell
    }
    return slots
  }
}

function hashOf(client: number, integration: number, hourAndClass: number): number {
  const mixed =
    Math.imul(client, 0x9e3779b1) ^ Math.imul(integration, 0x85ebca77) ^ Math.imul(hourAndClass, 0xc2b2ae3d)
  return mixed ^ (mixed >>> 15)
}
