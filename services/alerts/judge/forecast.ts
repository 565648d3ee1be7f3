const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS

/** A month is not judged by its first three days: one import on the first would look like thirty of them. */
const FORECAST_AFTER_MS = 72 * HOUR_MS

/**
 * Where the days begin that say how fast a client is at `nowMs`: the last seven of the month, so that each day of the
 * week counts once, or all of it while it is younger. On a whole hour, since usage is kept per hour.
 */
export function paceStartMs(periodStartMs: number, nowMs: number): number {
  const weekAgoMs = Math.ceil((nowMs - WEEK_MS) / HOUR_MS) * HOUR_MS
  return Math.max(periodStartMs, weekAgoMs)
}

export type Pace = {
  readonly periodStartMs: number
  readonly periodEndMs: number
  readonly nowMs: number
  /** What was used in the month. */
  readonly used: bigint
  /** What of it was used since `paceStartMs`. */
  readonly usedRecently: bigint
}

/**
 * What a month will come to: what was used so far, and for the rest of it the pace of the last seven days. So the
 * forecast follows a client that slows down or speeds up within days, and a weekend is no surprise. Null in the month's
 * first three days and after its end. Rounded down.
 */
export function forecastUsage(pace: Pace): bigint | null {
  const { periodStartMs, periodEndMs, nowMs, used, usedRecently } = pace
  if (nowMs - periodStartMs < FORECAST_AFTER_MS || nowMs >= periodEndMs) return null
  const elapsedMs = BigInt(nowMs - paceStartMs(periodStartMs, nowMs))
  return used + (usedRecently * BigInt(periodEndMs - nowMs)) / elapsedMs
}
