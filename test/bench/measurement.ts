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

/** Never so short that a slow machine fails, and never endless. */
export function timeoutFor(events: number): number {
  return 120_000 + events / 5
}
