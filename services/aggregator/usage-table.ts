const SLOTS_FIRST = 16

/** Requests and bytes of one client, integration, UTC hour and status class within a block. */
export class UsageTotals {
  /** Numbers of their names in the block's table. */
  readonly client: number
  readonly integration: number
  /** Hours since the epoch times eight, plus the status class. */
  readonly hourAndClass: number
  requests = 0
  requestBytes = 0
  responseBytes = 0
  /** Changed since it was last written. */
  dirty = false

  constructor(client: number, integration: number, hourAndClass: number) {
    this.client = client
    this.integration = integration
    this.hourAndClass = hourAndClass
  }
}

/** A block's totals by client, integration, hour and status class: a hash table over three small numbers. */
export class UsageTable {
  size = 0
  /** Never more than half full. */
  private slots: (UsageTotals | null)[] = new Array(SLOTS_FIRST).fill(null)

  at(client: number, integration: number, hourAndClass: number): UsageTotals {
    const mask = this.slots.length - 1
    let slot = hashOf(client, integration, hourAndClass) & mask
    for (;;) {
      const totals = this.slots[slot] ?? null
      if (totals === null) return this.create(slot, new UsageTotals(client, integration, hourAndClass))
      const isSame =
        totals.client === client && totals.hourAndClass === hourAndClass && totals.integration === integration
      if (isSame) return totals
      slot = (slot + 1) & mask
    }
  }

  private create(slot: number, totals: UsageTotals): UsageTotals {
    this.slots[slot] = totals
    this.size += 1
    if (this.size * 2 > this.slots.length) this.grow()
    return totals
  }

  private grow(): void {
    const grown: (UsageTotals | null)[] = new Array(this.slots.length * 2).fill(null)
    const mask = grown.length - 1
    for (const totals of this.slots) {
      if (totals === null) continue
      let slot = hashOf(totals.client, totals.integration, totals.hourAndClass) & mask
      while (grown[slot] !== null) slot = (slot + 1) & mask
      grown[slot] = totals
    }
    this.slots = grown
  }
}

function hashOf(client: number, integration: number, hourAndClass: number): number {
  const mixed =
    Math.imul(client, 0x9e3779b1) ^ Math.imul(integration, 0x85ebca77) ^ Math.imul(hourAndClass, 0xc2b2ae3d)
  return mixed ^ (mixed >>> 15)
}
