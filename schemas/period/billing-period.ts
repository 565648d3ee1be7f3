import { Temporal } from 'temporal-polyfill'

declare const parsed: unique symbol

/** A calendar month, `YYYY-MM`. Only `parseBillingPeriod` makes one. */
export type BillingPeriod = { readonly month: string; readonly [parsed]: true }

/** Half-open, in milliseconds since the epoch. Both ends are whole UTC hours. */
export type PeriodRange = { readonly startMs: number; readonly endMs: number }

export class BillingPeriodError extends Error {
  override name = 'BillingPeriodError'
}

/** Months in which a request event can lie. */
export const FIRST_MONTH = '2000-01'
const LAST_MONTH = '2099-12'
const HOUR_MS = 3_600_000

/** Reads `YYYY-MM`. Throws BillingPeriodError. */
export function parseBillingPeriod(text: string): BillingPeriod {
  if (!isMonth(text)) {
    const found = JSON.stringify(text.slice(0, 40))
    throw new BillingPeriodError(
      `${found} is no billing period; ` +
        `expected a month as YYYY-MM, from ${FIRST_MONTH} to ${LAST_MONTH}, such as 2026-10`,
    )
  }
  return { month: text } as BillingPeriod
}

function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && text >= FIRST_MONTH && text <= LAST_MONTH
}

/** The month in which an instant lies in a time zone. */
export function periodAt(timeMs: number, timeZone: string): BillingPeriod {
  const date = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone).toPlainDate()
  return parseBillingPeriod(date.toPlainYearMonth().toString())
}

/** The month before another. Throws BillingPeriodError for the first that there is. */
export function periodBefore(period: BillingPeriod): BillingPeriod {
  return parseBillingPeriod(Temporal.PlainYearMonth.from(period.month).subtract({ months: 1 }).toString())
}

/** Local dates: the month's first day, and the day after its last. */
export function periodDates(period: BillingPeriod): { readonly first: string; readonly afterLast: string } {
  const month = Temporal.PlainYearMonth.from(period.month)
  return {
    first: month.toPlainDate({ day: 1 }).toString(),
    afterLast: month.add({ months: 1 }).toPlainDate({ day: 1 }).toString(),
  }
}

/** Every day of the month, as local dates. */
export function listDays(period: BillingPeriod): string[] {
  const { daysInMonth } = Temporal.PlainYearMonth.from(period.month)
  return Array.from(
    { length: daysInMonth },
    (_, index) => `${period.month}-${String(index + 1).padStart(2, '0')}`,
  )
}

/** The local date of an instant. */
export function dateAt(timeMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

/** The month's last day, as a local date. */
export function lastDate(period: BillingPeriod): string {
  return Temporal.PlainDate.from(periodDates(period).afterLast).subtract({ days: 1 }).toString()
}

/**
 * The instants between which the month lies in a time zone, exact through changes of summer time. Throws
 * BillingPeriodError for a zone whose midnight falls inside a UTC hour: usage is kept by these and can't be cut there.
 */
export function periodRange(period: BillingPeriod, timeZone: string): PeriodRange {
  const { first, afterLast } = periodDates(period)
  return daysRange(first, afterLast, timeZone)
}

/** The same between two local dates, the second not included. */
export function daysRange(first: string, afterLast: string, timeZone: string): PeriodRange {
  const startMs = midnightMs(first, timeZone)
  const endMs = midnightMs(afterLast, timeZone)
  if (startMs % HOUR_MS !== 0 || endMs % HOUR_MS !== 0) {
    throw new BillingPeriodError(
      `${first} or ${afterLast} begins inside a UTC hour in ${timeZone}; ` +
        'expected a time zone that is whole hours from UTC, since usage is kept per UTC hour',
    )
  }
  return { startMs, endMs }
}

function midnightMs(date: string, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds
}
