const DAY_MS = 86_400_000
/** More than anybody looks at in a day; then it begins anew, and something is recorded twice. */
const NAMES_MAX = 10_000

/** Names that have come up on this day, in UTC. */
export class SeenToday {
  readonly #clock: () => number
  readonly #names = new Set<string>()
  #day = 0

  /** @param clock milliseconds since the epoch */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  has(name: string): boolean {
    this.#turn()
    return this.#names.has(name)
  }

  add(name: string): void {
    this.#turn()
    this.#names.add(name)
  }

  #turn(): void {
    const day = Math.floor(this.#clock() / DAY_MS)
    if (day !== this.#day || this.#names.size >= NAMES_MAX) this.#names.clear()
    this.#day = day
  }
}
