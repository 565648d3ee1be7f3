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

/** How the rest of a month is taken from its last days: so much of it for each that has passed of them. */
type ForecastTerms = {
  readonly paceStartMs: number
  readonly restMs: number
  readonly elapsedMs: number
}

/** Null in the month's first three days and after its end: nothing is forecast then. */
export function forecastTerms(
  periodStartMs: number,
  periodEndMs: number,
  nowMs: number,
): ForecastTerms | null {
  if (nowMs - periodStartMs < FORECAST_AFTER_MS || nowMs >= periodEndMs) return null
  const startMs = paceStartMs(periodStartMs, nowMs)
  return { paceStartMs: startMs, restMs: periodEndMs - nowMs, elapsedMs: nowMs - startMs }
}

/**
 * What a month will come to: what was used so far, and for the rest of it the pace of the last seven days. So the
 * forecast follows a client that slows down or speeds up within days, and a weekend is no surprise. Null in the month's
 * first three days and after its end. Rounded down.
 */
export function forecastUsage({ periodStartMs, periodEndMs, nowMs, ...amounts }: Pace): bigint | null {
  const terms = forecastTerms(periodStartMs, periodEndMs, nowMs)
  if (terms === null) return null
  return amounts.used + (amounts.usedRecently * BigInt(terms.restMs)) / BigInt(terms.elapsedMs)
}

/**
 * When the forecast has more than the allowance used, in milliseconds since the epoch; null where the month isn't
 * forecast to come to that, or has come to it already. As uncertain as the forecast is.
 */
export function forecastCrossing(pace: Pace, allowance: bigint): number | null {
  const { periodStartMs, periodEndMs, nowMs, used, usedRecently } = pace
  const terms = forecastTerms(periodStartMs, periodEndMs, nowMs)
  const forecast = forecastUsage(pace)
  if (terms === null || forecast === null || used > allowance || forecast <= allowance) return null
  const missing = (allowance + 1n - used) * BigInt(terms.elapsedMs)
  return nowMs + Number((missing + usedRecently - 1n) / usedRecently)
}
