import { InvalidArgumentError } from 'commander'

const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const
/** A hundred years: what no event's time can be away. */
const SPAN_MS_MAX = 36_525 * UNITS_MS.d

/** A span of time as `400d`, `36h`, `90m` or `30s`, in milliseconds. */
export function parseSpan(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([dhms])$/.exec(text) ?? []
  const spanMs = Number(digits) * (Object.entries(UNITS_MS).find(([name]) => name === unit)?.[1] ?? 0)
  if (spanMs > 0 && spanMs <= SPAN_MS_MAX) return spanMs
  throw new InvalidArgumentError('expected a span such as 400d, 36h, 90m or 30s, of at most 36525d')
}
