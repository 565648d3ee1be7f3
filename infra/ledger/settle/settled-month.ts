import { dateAt, daysRange, type PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'

/** Months and days are settled by those of the views, whatever the tariff's time zone. */
export const SETTLED_ZONE = 'Europe/Oslo'

/** A view of figures that are to be added up, and how it is limited to a range. */
export type CountedIn = {
  readonly view: 'usage_by_month' | 'usage_by_day' | 'usage_counted'
  readonly inRange: string
  readonly params: Readonly<Record<string, string | number>>
}

/** Pure: where to add up the use of a range by client, integration and status class: whole months are settled. */
export function countedIn(range: PeriodRange): CountedIn {
  const isSettled = isMonthStart(range.startMs) && isMonthStart(range.endMs)
  if (!isSettled) return { view: 'usage_counted', inRange: IN_RANGE, params: rangeParams(range) }
  const inRange = 'first_day >= {first:Date} AND first_day < {after_last:Date}'
  return { view: 'usage_by_month', inRange, params: datesOf(range) }
}

/** Pure: the same of all clients together, by days of the settled zone, whole ones. */
export function countedByDay(range: PeriodRange): CountedIn {
  const inRange = 'day >= {first:Date} AND day < {after_last:Date}'
  return { view: 'usage_by_day', inRange, params: datesOf(range) }
}

function datesOf({ startMs, endMs }: PeriodRange) {
  return { first: dateAt(startMs, SETTLED_ZONE), after_last: dateAt(endMs, SETTLED_ZONE) }
}

function isMonthStart(timeMs: number): boolean {
  const date = dateAt(timeMs, SETTLED_ZONE)
  return date.endsWith('-01') && daysRange(date, date, SETTLED_ZONE).startMs === timeMs
}
