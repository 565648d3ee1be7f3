import type { Totals } from './generate-events.ts'
import type { Finished } from './run-process.ts'

/** One peer's run over one input. */
export type Measurement = {
  readonly events: number
  /** From the first assignment of partitions until everything is counted and kept. */
  readonly countingMs: number
  /** From the start of the process until its end. */
  readonly processMs: number
  readonly cpuSeconds: number | null
  readonly peakBytes: number | null
  /** What it came to, and what it should have; null for who only reads. */
  readonly totals: { readonly found: Totals; readonly expected: Totals } | null
}

export function measurementOf(
  { startedMs, endedMs, cpuSeconds, peakBytes }: Finished,
  events: number,
  countingMs: number,
  totals: Measurement['totals'],
): Measurement {
  return { events, countingMs, processMs: endedMs - startedMs, cpuSeconds, peakBytes, totals }
}

/**
 * The round in the middle by its time, with the highest peak of all. One that miscounted stands for all, whatever its
 * time.
 */
export function medianOf(rounds: readonly Measurement[]): Measurement {
  const byTime = rounds.toSorted((one, other) => one.countingMs - other.countingMs)
  const shown = byTime.find(hasMiscounted) ?? byTime[Math.floor(byTime.length / 2)]
  if (shown === undefined) throw new RangeError('nothing was measured')
  const peaks = rounds.flatMap(({ peakBytes }) => (peakBytes === null ? [] : [peakBytes]))
  return { ...shown, peakBytes: peaks.length === 0 ? null : Math.max(...peaks) }
}

export function hasMiscounted({ totals }: Measurement): boolean {
  return totals !== null && !isSame(totals.found, totals.expected)
}

function isSame(one: Totals, other: Totals): boolean {
  return (
    one.requests === other.requests &&
    one.requestBytes === other.requestBytes &&
    one.responseBytes === other.responseBytes &&
    one.cells === other.cells
  )
}

/** Never so short that a slow machine fails, and never endless. */
export function timeoutFor(events: number): number {
  return 120_000 + events / 5
}
