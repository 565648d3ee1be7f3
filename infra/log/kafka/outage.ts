import { setTimeout } from 'node:timers/promises'
import { LogUnavailableError } from '../event-log.ts'

/** How long the brokers may fail, while they start, before whoever asked to consume is told. */
export const START_MAX_MS = 15_000
/** How long they may be away, restarting, before a subscription ends. */
export const OUTAGE_MAX_MS = 300_000
/** Between two questions to brokers that are away. */
const RETRY_MS = 500
const SAID_EVERY_MS = 2_000

/** From the first failure of something until it succeeds. */
export class Outage {
  #beganMs: number | null = null
  #saidMs = Number.NEGATIVE_INFINITY

  /** Told of a failure: has it lasted for less than `limitMs`? */
  mayEnd(limitMs: number): boolean {
    this.#beganMs ??= performance.now()
    return this.lastedMs < limitMs
  }

  get lastedMs(): number {
    return this.#beganMs === null ? 0 : Math.round(performance.now() - this.#beganMs)
  }

  /** Whether to say now that it lasts: at once, and every few seconds. */
  isToBeSaid(): boolean {
    if (performance.now() - this.#saidMs < SAID_EVERY_MS) return false
    this.#saidMs = performance.now()
    return true
  }

  end(): void {
    this.#beganMs = null
    this.#saidMs = Number.NEGATIVE_INFINITY
  }
}

type Waiting = {
  readonly limitMs: number
  /** The answer became pointless. */
  readonly signal: AbortSignal
  readonly onWait: (error: Error, waitedMs: number) => void
}

/** Asks again while the log is away and may come back; null when the answer became pointless meanwhile. */
export async function waitOut<Answer>(
  ask: () => Promise<Answer>,
  { limitMs, signal, onWait }: Waiting,
): Promise<Answer | null> {
  const outage = new Outage()
  while (!signal.aborted) {
    try {
      return await ask()
    } catch (error) {
      if (signal.aborted) break
      if (!(error instanceof LogUnavailableError && outage.mayEnd(limitMs))) throw error
      if (outage.isToBeSaid()) onWait(error, outage.lastedMs)
      await setTimeout(RETRY_MS, undefined, { signal }).catch(() => {})
    }
  }
  return null
}
