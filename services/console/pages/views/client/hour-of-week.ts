import type { UsageRow } from '../../ask/usage.ts'

export type HourOfWeek = {
  /** 1 is Monday. */
  readonly weekday: number
  readonly hour: number
  readonly requests: number
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Only hours in which something was counted, from Monday's first on. Both hours that a change of clocks repeats are one. */
export function sumByHourOfWeek(
  rows: readonly Pick<UsageRow, 'at' | 'requests'>[],
  timeZone: string,
): HourOfWeek[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  const sums = new Map<number, number>()
  for (const { at, requests } of rows) {
    const parts = format.formatToParts(new Date(at ?? ''))
    const partOf = (type: string) => parts.find(part => part.type === type)?.value ?? ''
    const place = WEEKDAYS.indexOf(partOf('weekday')) * 24 + Number(partOf('hour'))
    sums.set(place, (sums.get(place) ?? 0) + Number(requests))
  }
  return [...sums]
    .toSorted(([a], [b]) => a - b)
    .map(([place, requests]) => ({ weekday: Math.floor(place / 24) + 1, hour: place % 24, requests }))
}
