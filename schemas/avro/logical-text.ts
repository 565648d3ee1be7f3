import { AvroMalformedError } from './avro-bytes.ts'

/** How many decimals of a second a unit has. */
const DECIMALS = {
  'timestamp-millis': 3,
  'timestamp-micros': 6,
  'timestamp-nanos': 9,
  'local-timestamp-millis': 3,
  'local-timestamp-micros': 6,
  'local-timestamp-nanos': 9,
  'time-millis': 3,
  'time-micros': 6,
} as const
export type TimeKind = keyof typeof DECIMALS

const DAY_MS = 86_400_000
const DECIMAL_BYTES_MAX = 64
/** What no Date can be, and no format takes for a time. */
const BEYOND = 'beyond any time'

export function isTimeKind(name: string): name is TimeKind {
  return Object.hasOwn(DECIMALS, name)
}

/** A time as ISO 8601 has it, by its schema's unit: with Z where it is a moment, and without where it is a clock's. */
export function spellTime(kind: TimeKind, value: number | bigint): string {
  const decimals = DECIMALS[kind]
  const perSecond = 10n ** BigInt(decimals)
  const whole = BigInt(value)
  const within = ((whole % perSecond) + perSecond) % perSecond
  const date = new Date(Number((whole - within) / perSecond) * 1_000)
  if (Number.isNaN(date.getTime())) return BEYOND
  const seconds = date.toISOString().slice(0, -'.000Z'.length)
  const fraction = String(within).padStart(decimals, '0')
  if (!kind.startsWith('time-')) return `${seconds}.${fraction}${kind.startsWith('local-') ? '' : 'Z'}`
  return whole >= 0n && whole < 86_400n * perSecond ? `${seconds.split('T')[1]}.${fraction}` : BEYOND
}

/** Days since 1970-01-01. */
export function spellDate(days: number): string {
  const date = new Date(days * DAY_MS)
  return Number.isNaN(date.getTime()) ? BEYOND : (date.toISOString().split('T')[0] ?? BEYOND)
}

/**
 * A decimal's digits, exactly: two's complement, the most significant byte first. Without the zeros at the end of its
 * fraction, so that the same number is the same text at any scale.
 */
export function spellDecimal(bytes: Buffer, scale: number): string {
  if (bytes.length > DECIMAL_BYTES_MAX) {
    throw new AvroMalformedError(`a decimal of ${bytes.length} bytes; expected at most ${DECIMAL_BYTES_MAX}`)
  }
  if (bytes.length === 0) return '0'
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const fraction = scale === 0 ? '' : trimZeros(digits.slice(-scale))
  const whole = scale === 0 ? digits : digits.slice(0, -scale)
  return `${unscaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function trimZeros(fraction: string): string {
  let end = fraction.length
  while (fraction[end - 1] === '0') end -= 1
  return fraction.slice(0, end)
}

/** Sixteen bytes. */
export function spellUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
