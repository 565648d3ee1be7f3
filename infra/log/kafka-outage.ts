/** How long the brokers may fail, while they start, before whoever asked to consume is told. */
const FIRST_JOIN_MAX_MS = 15_000
/** How long they may be away, restarting, before a subscription ends. */
const OUTAGE_MAX_MS = 300_000

/** From the first failure until the group is joined, or joined again. */
export class Outage {
  #beganMs: number | null = null
  #limitMs = FIRST_JOIN_MAX_MS

  /** Told of a failure: is it worth trying again? */
  mayEnd(): boolean {
    this.#beganMs ??= performance.now()
    return performance.now() - this.#beganMs < this.#limitMs
  }

  end(): void {
    this.#beganMs = null
    this.#limitMs = OUTAGE_MAX_MS
  }
}
