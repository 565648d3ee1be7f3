import { type Sleep, sleep } from '@forbruk/aggregator/run/sleep.ts'
import { LogUnavailableError } from '@forbruk/infra/log/event-log.ts'
import type { Parts } from '../parts/open-parts.ts'

/** As long as brokers are waited for that go away later. */
const PATIENCE_MS = 300_000
const PAUSE_FIRST_MS = 1_000
const PAUSE_MAX_MS = 15_000

type Time = {
  /** Milliseconds, from any moment on. */
  readonly clock: () => number
  readonly sleep: Sleep
}

/**
 * The log of a process that stays up. Brokers that are away at its start are waited for, at most five minutes, and the
 * process's log says for whom. Rejects with what waiting doesn't mend; null where the process is told to end meanwhile.
 */
export async function awaitLog<Log>(
  { log, logger }: { readonly log: () => Promise<Log>; readonly logger: Pick<Parts['logger'], 'warn'> },
  signal: AbortSignal,
  time: Time = { clock: () => performance.now(), sleep },
): Promise<Log | null> {
  const deadlineMs = time.clock() + PATIENCE_MS
  for (let delayMs = PAUSE_FIRST_MS; !signal.aborted; delayMs = Math.min(2 * delayMs, PAUSE_MAX_MS)) {
    try {
      return await log()
    } catch (error) {
      if (!(error instanceof LogUnavailableError) || time.clock() >= deadlineMs) throw error
      logger.warn({ delayMs, reason: error.message }, 'the brokers are away: waiting')
      await time.sleep(delayMs, signal)
    }
  }
  return null
}
