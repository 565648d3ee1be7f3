/** In words, an event's time that is further than `limitMs` from the time at which the log got it. */
export function describeTime(eventMs: number, appendMs: number, limitMs: number): string {
  const [event, append] = [eventMs, appendMs].map(timeMs => new Date(timeMs).toISOString())
  const limit = `${describeSpan(limitMs)} ${eventMs < appendMs ? 'before' : 'after'} that`
  return `the event's time is ${event} and it was appended at ${append}; expected at most ${limit}`
}

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/** As exact as it is: in days, seconds or milliseconds. */
export function describeSpan(spanMs: number): string {
  if (spanMs % DAY_MS === 0) return `${spanMs / DAY_MS} d`
  return spanMs % SECOND_MS === 0 ? `${spanMs / SECOND_MS} s` : `${spanMs} ms`
}
