// Time in Europe/Oslo, and how busy each kind of traffic is in each hour of October 2026.

export const hourMs = 3_600_000

const hourFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Oslo',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
})
const offsetByHour = new Map<number, number>()

/** Offsets are whole hours, so asking once per hour is exact (and quick). */
function osloOffsetMs(utcMs: number): number {
  const hour = Math.floor(utcMs / hourMs)
  const known = offsetByHour.get(hour)
  if (known !== undefined) return known
  const [date = '', localHour = ''] = hourFormat.format(hour * hourMs).split(' ')
  const offsetMs = Date.parse(`${date}T${localHour}:00:00Z`) - hour * hourMs
  offsetByHour.set(hour, offsetMs)
  return offsetMs
}

/** The instant at which a date begins in Oslo (the clocks never change at midnight there). */
export function osloMidnightMs(date: string): number {
  const asUtcMs = Date.parse(`${date}T00:00:00Z`)
  return asUtcMs - osloOffsetMs(asUtcMs - hourMs)
}

/** The recorded window: October 2026 and some hours on both sides. */
export const recordingFromMs = Date.parse('2026-09-30T18:00:00Z')
export const recordingUntilMs = Date.parse('2026-11-01T06:00:00Z')

/** The billing month; the clocks go back within it, on the 25th. */
export const monthFromMs = osloMidnightMs('2026-10-01')
export const monthUntilMs = osloMidnightMs('2026-11-01')

interface OsloTime {
  month: number
  day: number
  /** 0 is Sunday. */
  weekday: number
  hour: number
}

export function osloTime(utcMs: number): OsloTime {
  const local = new Date(utcMs + osloOffsetMs(utcMs))
  return {
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
  }
}

/** `nightly` traffic has no hourly weights: it starts by the clock, see plan.ts. */
export type Habit = 'office' | 'till' | 'shop' | 'steady' | 'nightly'

const officeByHour = [
  0.02, 0.02, 0.02, 0.02, 0.03, 0.08, 0.3, 0.9, 1.6, 2, 2, 1.7, 1.3, 1.8, 1.9, 1.5, 0.8, 0.4, 0.3, 0.35, 0.3,
  0.2, 0.1, 0.05,
]
const shopByHour = [
  0.5, 0.3, 0.25, 0.25, 0.25, 0.3, 0.5, 0.8, 1, 1.1, 1.2, 1.2, 1.2, 1.1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.9, 2, 1.9,
  1.4, 0.8,
]
const tillByHour = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0.6, 1, 1.4, 1.7, 1.4, 1.1, 1.2, 1.5, 1.3, 0.7, 0.4, 0.1, 0, 0, 0,
]

/** Month end and beginning, and 12 October, when value-added tax is due. */
function dayFactor(time: OsloTime): number {
  if (time.month !== 10) return 1
  if (time.day === 29 || time.day === 30) return 1.7
  if (time.day === 31) return 3
  if (time.day === 12) return 1.6
  return time.day <= 2 ? 1.3 : 1
}

/** How busy the hour that contains `utcMs` is, in arbitrary units. */
export function hourWeight(habit: Habit, utcMs: number): number {
  const time = osloTime(utcMs)
  const weekend = time.weekday === 0 || time.weekday === 6
  switch (habit) {
    case 'office':
      return (officeByHour[time.hour] ?? 0) * (weekend ? 0.07 : 1) * dayFactor(time)
    case 'shop':
      return (shopByHour[time.hour] ?? 0) * (weekend ? 1.25 : 1)
    case 'till':
      if (time.weekday === 0) return 0
      return (tillByHour[time.hour] ?? 0) * (time.weekday === 6 ? 1.4 : 1)
    case 'steady':
      return 1
    case 'nightly':
      return 0
  }
}
