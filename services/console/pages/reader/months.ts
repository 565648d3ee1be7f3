/** Months as `YYYY-MM`, days as `YYYY-MM-DD`: texts, so that no time zone can move them. */

export function isMonth(text: unknown): text is string {
  return typeof text === 'string' && /^20\d\d-(0[1-9]|1[0-2])$/.test(text)
}

export function isDay(text: unknown): text is string {
  return typeof text === 'string' && isMonth(text.slice(0, 7)) && daysOf(text.slice(0, 7)).includes(text)
}

export function addMonths(month: string, months: number): string {
  const moved = new Date(`${month}-01T00:00:00Z`)
  moved.setUTCMonth(moved.getUTCMonth() + months)
  return moved.toISOString().slice(0, 7)
}

export function addDays(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** Every day of a month. */
export function daysOf(month: string): string[] {
  const first = `${month}-01`
  const count = Number(addDays(`${addMonths(month, 1)}-01`, -1).slice(8))
  return Array.from({ length: count }, (_, index) => addDays(first, index))
}

const HOUR_MS = 3_600_000

/** Where the hours of a local day begin, as instants: 24, or one less or more where clocks change. */
export function hoursOf(day: string, timeZone: string): string[] {
  const dateAt = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
  const noonMs = Date.parse(`${day}T12:00:00Z`)
  return Array.from({ length: 54 }, (_, index) => new Date(noonMs + (index - 27) * HOUR_MS))
    .filter(instant => dateAt.format(instant) === day)
    .map(instant => instant.toISOString())
}

export function monthOfNow(timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit' })
  return parts.format(new Date())
}
