import { describeNumber, makeShape } from '../excerpt/describe-value.ts'

/** A field as a log may write it: quoted or not; `-` and an empty text mean that the gateway had nothing to say. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '-'
}

const DIGITS = /^\d{1,15}$/

/** A whole number of at least 0 from a text or a number, or null when it is anything else. */
export function parseCount(value: unknown): number | null {
  // A -0 is no other number than 0, which the log writes.
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value + 0 : null
  return typeof value === 'string' && DIGITS.test(value) ? Number(value) : null
}

/** A longer one is no number and no time. */
const SHAPED_CHARACTERS_MAX = 40

const STATUS = /^[1-9]\d\d$/
/**
 * How gateways write that nobody was answered with a status: NGINX 000, and 009 for a request of HTTP/0.9; HAProxy -1;
 * others 0, `-` or nothing.
 */
const NO_ANSWER = /^(?:-|-1|0|000|009)?$/
/** RFC 9110, section 15: a status above 599 is to be taken for one of 5xx; of an unknown one, its x00. */
const UNKNOWN_ABOVE_599 = 500

/** 0 when nobody was answered, 100 to 599, or null for what is no status. */
export function parseStatus(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : (value ?? '')
  if (typeof text !== 'string') return null
  if (STATUS.test(text)) return Number(text) < 600 ? Number(text) : UNKNOWN_ABOVE_599
  return NO_ANSWER.test(text) ? 0 : null
}

/**
 * How a value that is not what was expected is told about: its kind, size and shape, since it may hold anything. A
 * symbol says what is wrong with its field.
 */
export function describeValue(value: unknown): string {
  if (typeof value === 'number') return describeNumber(value)
  if (typeof value === 'symbol') return value.description ?? 'unknown'
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
  const shape = value.length <= SHAPED_CHARACTERS_MAX ? `, ${makeShape(value)}` : ''
  return `a text of ${value.length} characters${shape}`
}
