/** A field as a log may write it: quoted or not; `-` and an empty text mean that the gateway had nothing to say. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '-'
}

const DIGITS = /^\d{1,15}$/

/** A whole number of at least 0 from a text or a number, or null when it is anything else. */
export function parseCount(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null
  return typeof value === 'string' && DIGITS.test(value) ? Number(value) : null
}

/** How a value that is no number is told about: its size and kind, since it may hold anything. */
export function describeValue(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
  return /^[-+\d.,:TZeE/ ]{1,40}$/.test(value) ? `"${value}"` : `a text of ${value.length} characters`
}
