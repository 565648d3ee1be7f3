type Bounds = {
  readonly inFlightBytesMax: number
  readonly inFlightBytesMaxOfSource: number
  readonly inFlightBytesMin: number
}

/** What one request holds of the room that there is. */
export type Reservation = {
  /** What it has come to: there is no going back on bytes that are here. */
  hold(bytes: number): void
  release(): void
}

/** The bytes of bodies and events on their way, of all and of each source: what bounds memory. */
export class InFlight {
  readonly #bounds: Bounds
  readonly #bySource = new Map<string, number>()
  #bytes = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Null where there is no room now. */
  reserve(source: string, bytes: number): Reservation | null {
    const { inFlightBytesMax, inFlightBytesMaxOfSource, inFlightBytesMin } = this.#bounds
    const asked = Math.max(bytes, inFlightBytesMin)
    if (this.#bytes + asked > inFlightBytesMax) return null
    if ((this.#bySource.get(source) ?? 0) + asked > inFlightBytesMaxOfSource) return null
    let held = 0
    const hold = (bytesNow: number) => {
      this.#add(source, bytesNow - held)
      held = bytesNow
    }
    hold(asked)
    return { hold: bytesNow => hold(Math.max(bytesNow, inFlightBytesMin)), release: () => hold(0) }
  }

  #add(source: string, bytes: number): void {
    this.#bytes += bytes
    const ofSource = (this.#bySource.get(source) ?? 0) + bytes
    if (ofSource === 0) this.#bySource.delete(source)
    else this.#bySource.set(source, ofSource)
  }
}
