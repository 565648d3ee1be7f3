/** How an alert's way to one webhook stands: its newest attempt, and whether any was accepted. */
export type DeliveryState = {
  readonly raisedAtMs: number
  readonly isAccepted: boolean
  readonly newest: NewestAttempt | null
}

type NewestAttempt = {
  /** From 1. */
  readonly attempt: number
  readonly startedAtMs: number
  readonly failure: Failure | null
}

type Failure = {
  /** Null: it was the last attempt. */
  readonly nextAttemptAtMs: number | null
}

type AttemptPlan =
  | { readonly kind: 'due'; readonly attempt: number }
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** Accepted or given up. */
  | { readonly kind: 'settled' }

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** So long after it was raised an alert is given up. */
export const GIVE_UP_AFTER_MS = 24 * HOUR_MS

/** Before the second attempt, the third, and so on; the last pause is repeated. */
const PAUSES_MS = [
  5 * SECOND_MS,
  15 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
]

/** An attempt whose process hasn't said how it ended has ended without it. Longer than any request takes. */
const ATTEMPT_LOST_AFTER_MS = 30 * SECOND_MS

/** What to do about an alert and a webhook now. Pure. */
export function planAttempt({ raisedAtMs, isAccepted, newest }: DeliveryState, nowMs: number): AttemptPlan {
  if (isAccepted || nowMs - raisedAtMs >= GIVE_UP_AFTER_MS) return { kind: 'settled' }
  if (newest === null) return { kind: 'due', attempt: 1 }
  const untilMs =
    newest.failure === null ? newest.startedAtMs + ATTEMPT_LOST_AFTER_MS : newest.failure.nextAttemptAtMs
  if (untilMs === null) return { kind: 'settled' }
  return nowMs >= untilMs ? { kind: 'due', attempt: newest.attempt + 1 } : { kind: 'wait', untilMs }
}

/**
 * When to try again after an attempt that failed at `nowMs`; null when the alert is given up. Pauses grow, each longer
 * or shorter by up to a fifth, so that a receiver that was away isn't met by all alerts at once.
 *
 * @param random from 0 to below 1
 */
export function nextAttemptAt(
  attempt: number,
  raisedAtMs: number,
  nowMs: number,
  random: number,
): number | null {
  const pauseMs = PAUSES_MS[Math.min(attempt, PAUSES_MS.length) - 1] ?? 0
  const nextMs = nowMs + Math.round(pauseMs * (0.8 + 0.4 * random))
  return nextMs - raisedAtMs < GIVE_UP_AFTER_MS ? nextMs : null
}
