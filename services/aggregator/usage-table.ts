const CELLS_FIRST = 16
const EMPTY = -1

/**
 * Requests and bytes of a block by client, integration, hour and status class: a hash table over three small numbers, its
 * cells numbered in the order in which they came. Columns of numbers, not an object for each cell, so that the garbage
 * collector has nothing to go through. Sums are whole numbers below 2^53, which the fold sees to.
 */
export class UsageTable {
  size = 0
  /** Cells by slot. Never more than half full. */
  private slots = new Int32Array(CELLS_FIRST * 2).fill(EMPTY)
  /** Numbers of the names. */
  private clients = new Int32Array(CELLS_FIRST)
  private integrations = new Int32Array(CELLS_FIRST)
  private hoursAndClasses = new Int32Array(CELLS_FIRST)
  private requests = new Float64Array(CELLS_FIRST)
  private requestBytes = new Float64Array(CELLS_FIRST)
  private responseBytes = new Float64Array(CELLS_FIRST)
  /** 1 where the cell has changed since `takeChanged`. */
  private changed = new Uint8Array(CELLS_FIRST)
  private changedCells: number[] = []

  /** How many cells have changed since `takeChanged`. */
  get changedSize(): number {
    return this.changedCells.length
  }

  /** One request more. `hourAndClass` tells hours since the epoch and the status class in one small number. */
  add(
    client: number,
    integration: number,
    hourAndClass: number,
    requestBytes: number,
    responseBytes: number,
  ): void {
    const cell = this.cellOf(client, integration, hourAndClass)
    this.requests[cell] = (this.requests[cell] ?? 0) + 1
    this.requestBytes[cell] = (this.requestBytes[cell] ?? 0) + requestBytes
    this.responseBytes[cell] = (this.responseBytes[cell] ?? 0) + responseBytes
    if (this.changed[cell] === 1) return
    this.changed[cell] = 1
    this.changedCells.push(cell)
  }

  at(cell: number) {
    return {
      client: this.clients[cell] ?? EMPTY,
      integration: this.integrations[cell] ?? EMPTY,
      hourAndClass: this.hoursAndClasses[cell] ?? EMPTY,
      requests: this.requests[cell] ?? 0,
      requestBytes: this.requestBytes[cell] ?? 0,
      responseBytes: this.responseBytes[cell] ?? 0,
    }
  }

  takeChanged(): readonly number[] {
    const taken = this.changedCells
    for (const cell of taken) this.changed[cell] = 0
    this.changedCells = []
    return taken
  }

  private cellOf(client: number, integration: number, hourAndClass: number): number {
    const { slots, clients, integrations, hoursAndClasses } = this
    const mask = slots.length - 1
    let slot = hashOf(client, integration, hourAndClass) & mask
    for (;;) {
      const cell = slots[slot] ?? EMPTY
      if (cell === EMPTY) return this.append(slot, client, integration, hourAndClass)
      const isSame =
        clients[cell] === client &&
        hoursAndClasses[cell] === hourAndClass &&
        integrations[cell] === integration
      if (isSame) return cell
      slot = (slot + 1) & mask
    }
  }

  private append(slot: number, client: number, integration: number, hourAndClass: number): number {
    const cell = this.size
    this.slots[slot] = cell
    this.clients[cell] = client
    this.integrations[cell] = integration
    this.hoursAndClasses[cell] = hourAndClass
    this.size = cell + 1
    if (this.size === this.clients.length) this.grow()
    return cell
  }

  private grow(): void {
    const cells = this.size * 2
    this.clients = grown(this.clients, new Int32Array(cells))
    this.integrations = grown(this.integrations, new Int32Array(cells))
    this.hoursAndClasses = grown(this.hoursAndClasses, new Int32Array(cells))
    this.requests = grown(this.requests, new Float64Array(cells))
    this.requestBytes = grown(this.requestBytes, new Float64Array(cells))
    this.responseBytes = grown(this.responseBytes, new Float64Array(cells))
    this.changed = grown(this.changed, new Uint8Array(cells))
    this.slots = this.placeAll(new Int32Array(cells * 2).fill(EMPTY))
  }

  private placeAll(slots: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
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

function grown<Column extends { set(values: ArrayLike<number>): void } & ArrayLike<number>>(
  column: Column,
  larger: Column,
): Column {
  larger.set(column)
  return larger
}

function hashOf(client: number, integration: number, hourAndClass: number): number {
  const mixed =
    Math.imul(client, 0x9e3779b1) ^ Math.imul(integration, 0x85ebca77) ^ Math.imul(hourAndClass, 0xc2b2ae3d)
  return mixed ^ (mixed >>> 15)
}
