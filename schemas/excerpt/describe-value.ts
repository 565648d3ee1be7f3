import { shapeText } from './shape-text.ts'

/** More digits than any status, and too few to be somebody's number. */
const DIGITS_SHOWN_MAX = 4

/**
 * A number that is told of where it is not what was expected. A long one may be anybody's, such as a person's or a
 * card's in the wrong field, so it is told by its size.
 */
export function describeNumber(value: number): string {
  if (!Number.isFinite(value)) return 'no finite number'
  const digits = Math.trunc(Math.abs(value)).toFixed(0).length
  if (Number.isInteger(value) && digits <= DIGITS_SHOWN_MAX) return String(value)
  const sign = value < 0 ? 'negative ' : ''
  return Number.isInteger(value)
    ? `a ${sign}number of ${digits} digits`
    : `a ${sign}number of ${digits} digits and a fraction`
}

/** How a short text is written, without what it says. */
export function makeShape(text: string): string {
  return [...shapeText(text)].map(shape => shape.text).join('')
}
