import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import type { Logger } from 'pino'

type Watch = {
  readonly read: (nowMs: number) => Promise<readonly Waiting[]>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Resolves after so long, or when the watch is to end. */
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  readonly logger: Pick<Logger, 'warn' | 'error'>
}

const CHECK_INTERVAL_MS = 5 * 60_000

/**
 * Logs what waits for a person until the signal: each finding once, and again when its figures change or it comes back.
 * A look that fails is logged, and the next one comes all the same.
 */
export async function watchWaiting({ read, clock, sleep, signal, logger }: Watch): Promise<void> {
  let told: ReadonlySet<string> = new Set()
  while (!signal.aborted) {
    try {
      const waiting = new Map((await read(clock())).map(each => [JSON.stringify(each), each]))
      for (const [key, { detail, todo, ...finding }] of waiting) {
        if (!told.has(key)) logger.warn({ waiting: finding, todo }, detail)
      }
      told = new Set(waiting.keys())
    } catch (error) {
      logger.error({ err: error }, 'what waits for a person could not be found out; asked again in 5 minutes')
    }
    await sleep(CHECK_INTERVAL_MS)
  }
}
