import { setTimeout } from 'node:timers/promises'
import { LogUnavailableError } from '../event-log.ts'

/** How long the brokers may fail, while they start, before whoever asked to consume is told. */
const FIRST_JOIN_MAX_MS = 15_000
/** How long they may be away, restarting, before a subscription ends. */
const OUTAGE_MAX_MS = 300_000
/** Between two questions to brokers that are away. */
const RETRY_MS = 500

/**
 * From the first failure until the group is joined, or joined again. All that a subscription does with the brokers
 * shares it: whatever meets the outage waits for the same time.
 */
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

  /** Asks again while the log is away and may come back; null when the answer became pointless meanwhile. */
  async waitOut<Answer>(
    ask: () => Promise<Answer>,
    isPointless: () => boolean,
    onWait: (error: Error) => void,
  ): Promise<Answer | null> {
    for (let hasWaited = false; ; hasWaited = true) {
      try {
        const answer = await ask()
        if (hasWaited) this.end()
        return answer
      } catch (error) {
        if (isPointless()) return null
        if (!(error instanceof LogUnavailableError && this.mayEnd())) throw error
        onWait(error)
        await setTimeout(RETRY_MS)
        if (isPointless()) return null
      }
    }
  }
}
