import type { Logger } from 'pino'
import type { Sleep } from '../run/sleep.ts'
import { type SettleParts, settleUsage } from './settle-usage.ts'

const PAUSE_MS = 60_000
/** Between passes of which the one before had something to do. */
const STEP_MS = 1_000

/** Settles usage again and again, until `signal`. What goes wrong is logged: figures are exact without, and slower. */
export async function keepSettling(
  parts: SettleParts & { readonly logger: Logger; readonly sleep: Sleep; readonly signal: AbortSignal },
): Promise<void> {
  const { logger, sleep, signal } = parts
  for (let pauseMs = STEP_MS; !signal.aborted; ) {
    await sleep(pauseMs, signal)
    if (signal.aborted) return
    pauseMs = PAUSE_MS
    try {
      const outcome = await settleUsage(parts)
      if (outcome === 'settled' || outcome === 'taken_back') pauseMs = STEP_MS
      if (outcome === 'taken_back')
        logger.warn(
          'settled usage was not what it had been: it is added up again, and read from the rollup until then',
        )
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'usage is not settled any further for a minute')
    }
  }
}
