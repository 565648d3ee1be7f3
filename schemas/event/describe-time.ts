/** In words, an event's time that is further than `limitMs` from the time at which the log got it. */
export function describeTime(eventMs: number, appendMs: number, limitMs: number): string {
  const [event, append] = [eventMs, appendMs].map(timeMs => new Date(timeMs).toISOString())
  const limit = `${describeSpan(limitMs)} ${eventMs < appendMs ? 'before' : 'after'} that`
  return `the event's time is ${event} and it was appended at ${append}; expected at most ${limit}`
}

const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const

/** In the largest unit that tells it exactly. */
export function describeSpan(spanMs: number): string {
  const [unit, unitMs] = Object.entries(UNITS_MS).find(([, ms]) => spanMs % ms === 0) ?? ['ms', 1]
  return `${spanMs / unitMs} ${unit}`
}
