import { InvalidArgumentError } from 'commander'

const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** `2026-10-31T23:00:00Z`, with another offset too, or a day, which begins at midnight UTC. */
export function parseInstant(text: string): number {
  const timeMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(timeMs)) return timeMs
  throw new InvalidArgumentError(
    'expected a time such as 2026-10-31T23:00:00Z, or a day, which begins in UTC',
  )
}
