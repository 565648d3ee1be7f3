/**
 * Times as gateways write them, to whole milliseconds since the epoch. By digits, never through a float: the same line
 * must give the same millisecond everywhere. Each answers null for what it does not understand.
 */

export const TIME_FORMS = ['unix_s', 'unix_ms', 'unix_us', 'unix_ns', 'iso8601', 'local'] as const
type TimeForm = (typeof TIME_FORMS)[number]

export const TIME_EXAMPLES: Readonly<Record<TimeForm, string>> = {
  unix_s: '1759269600.123',
  unix_ms: '1759269600123',
  unix_us: '1759269600123456',
  unix_ns: '1759269600123456789',
  iso8601: '2026-10-01T00:00:00+02:00',
  local: '01/Oct/2026:00:00:00 +0200',
}

/**
 * How a format's times are read. `offset` is that of times which don't tell one. Where digits are expected, a moment as
 * ISO 8601 has it is read as well, since it can't be another one: Avro says by its schema what unit a time has.
 */
export function compileTime(form: TimeForm, offset?: string): (value: unknown) => number | null {
  switch (form) {
    case 'unix_s':
      return value => parseSeconds(value) ?? parseIso8601(value)
    case 'unix_ms':
      return value => parseUnits(value, 0) ?? parseIso8601(value)
    case 'unix_us':
      return value => parseUnits(value, 3) ?? parseIso8601(value)
    case 'unix_ns':
      return value => parseUnits(value, 6) ?? parseIso8601(value)
    case 'iso8601':
      return value => parseIso8601(value, offset)
    case 'local':
      return value => parseTimeLocal(value, offset)
  }
}

const UNITS = /^(\d{1,20})(?:\.\d*)?$/

/** Whole units of which a millisecond has ten to the power of `finer`; finer than a millisecond is cut off. */
function parseUnits(value: unknown, finer: number): number | null {
  const digits = UNITS.exec(
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '',
  )?.[1]
  if (digits === undefined) return null
  return Number(finer === 0 ? digits : digits.slice(0, -finer) || '0')
}

const SECONDS = /^(\d{1,11})(?:\.(\d{1,9}))?$/

/** NGINX's `$msec`: seconds with a fraction, `1759269600.123`; finer than a millisecond is cut off. */
function parseSeconds(value: unknown): number | null {
  // A JSON number prints as the shortest text that reads back the same, hence as the digits that were logged.
  const match = SECONDS.exec(
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '',
  )
  if (match === null) return null
  return Number(match[1]) * 1000 + parseMilliseconds(match[2])
}

const ISO_8601 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/

/** `2026-10-01T00:00:00+02:00`, with a fraction or without; a time without any offset is not understood. */
function parseIso8601(value: unknown, assumed = ''): number | null {
  const match = typeof value === 'string' ? ISO_8601.exec(value) : null
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction, offset = assumed] = match
  const timeMs = toInstant([year, month, day, hour, minute, second].map(Number), offset)
  return timeMs === null ? null : timeMs + parseMilliseconds(fraction)
}

const TIME_LOCAL = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([+-]\d{4}))?$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `$time_local`: `01/Oct/2026:00:00:00 +0200`; also with a fraction of a second. */
function parseTimeLocal(value: unknown, assumed = ''): number | null {
  const match = typeof value === 'string' ? TIME_LOCAL.exec(value) : null
  if (match === null) return null
  const [, day, monthName, year, hour, minute, second, fraction, offset = assumed] = match
  const month = MONTHS.indexOf(monthName ?? '') + 1
  const civil = [Number(year), month, Number(day), Number(hour), Number(minute), Number(second)]
  const timeMs = toInstant(civil, offset)
  return timeMs === null ? null : timeMs + parseMilliseconds(fraction)
}

function toInstant(civil: readonly number[], offset: string): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = civil
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null
  const civilMs = Date.UTC(year, month - 1, day, hour, minute, second)
  // Date.UTC turns 31 February into 3 March, and years below 100 into the twentieth century.
  const date = new Date(civilMs)
  if (date.getUTCFullYear() !== year || date.getUTCDate() !== day) return null
  const offsetMs = parseOffset(offset)
  return offsetMs === null ? null : civilMs - offsetMs
}

/** No clock on earth is further ahead. */
const OFFSET_MINUTES_MAX = 14 * 60

function parseOffset(offset: string): number | null {
  if (offset === 'Z') return 0
  if (offset === '') return null
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(-2))
  const offsetMinutes = hours * 60 + minutes
  if (minutes > 59 || offsetMinutes > OFFSET_MINUTES_MAX) return null
  return (offset.startsWith('-') ? -1 : 1) * offsetMinutes * 60_000
}

function parseMilliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
}
