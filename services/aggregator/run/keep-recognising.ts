import type { Offsets } from '@forbruk/infra/ledger/recognition/recognition.ts'
import { EventLogError } from '@forbruk/infra/log/event-log.ts'
import type { Sleep } from './sleep.ts'
import type { CountLogger, StreamCounter } from './stream-counter.ts'

const PAUSE_MIN_MS = 1_000
const PAUSE_MAX_MS = 600_000
/** A pause is so many times as long as what was done before: a twentieth of the time goes to it. */
const PAUSE_FACTOR = 20
/** Whoever counts it settles, so that processes which share a stream don't do it all at once. Nothing rests on it. */
const SETTLING_PARTITION = 0

type RecognisingParts = {
  readonly counter: Pick<StreamCounter, 'holds'>
  readonly settle: () => Promise<Offsets | null>
  /** Milliseconds, from any moment on. */
  readonly clock: () => number
  readonly logger: CountLogger
  readonly sleep: Sleep
  readonly signal: AbortSignal
}

/** Settles repeated request ids again and again, until `signal`. A log that can't be read is tried again. */
export async function keepRecognising(parts: RecognisingParts): Promise<void> {
  const { counter, clock, sleep, signal } = parts
  let pauseMs = PAUSE_MIN_MS
  while (!signal.aborted) {
    await sleep(pauseMs, signal)
    if (signal.aborted || !counter.holds(SETTLING_PARTITION)) continue
    const startMs = clock()
    await settleOnce(parts)
    const shareMs = (clock() - startMs) * PAUSE_FACTOR
    pauseMs = Math.min(Math.max(shareMs, PAUSE_MIN_MS), PAUSE_MAX_MS)
  }
}

async function settleOnce({ settle, logger, signal }: RecognisingParts): Promise<void> {
  try {
    await settle()
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof EventLogError)) throw error
    logger.warn(
      { reason: error.message },
      'repeated request ids are not settled yet: the log could not be read',
    )
  }
}
