import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BillingPeriodError,
  parseBillingPeriod,
  periodAt,
  periodBefore,
  periodDates,
  periodRange,
} from './billing-period.ts'

const OSLO = 'Europe/Oslo'

function instants(month: string, timeZone = OSLO): string[] {
  const { startMs, endMs } = periodRange(parseBillingPeriod(month), timeZone)
  return [startMs, endMs].map(timeMs => new Date(timeMs).toISOString())
}

test.each([
  ['2026-10', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
  ['2026-03', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
  ['2026-12', '2026-11-30T23:00:00.000Z', '2026-12-31T23:00:00.000Z'],
  ['2024-02', '2024-01-31T23:00:00.000Z', '2024-02-29T23:00:00.000Z'],
])('%s in Oslo is %s to %s', (month, start, end) => {
  expect(instants(month)).toEqual([start, end])
})

test('a month with a change to winter time is an hour longer', () => {
  const { startMs, endMs } = periodRange(parseBillingPeriod('2026-10'), OSLO)
  expect((endMs - startMs) / 3_600_000).toBe(31 * 24 + 1)
})

test.each(['2026-03', '2026-10', '2026-12', '2024-02'])(
  'every instant of %s lies in it, and no other',
  month => {
    const { startMs, endMs } = periodRange(parseBillingPeriod(month), OSLO)
    for (const timeMs of [startMs, endMs - 1]) expect(periodAt(timeMs, OSLO).month).toBe(month)
    expect(periodBefore(periodAt(endMs, OSLO)).month).toBe(month)
    expect(periodAt(startMs - 1, OSLO)).toEqual(periodBefore(parseBillingPeriod(month)))
  },
)

test('dates are local', () => {
  expect(periodDates(parseBillingPeriod('2026-12'))).toEqual({ first: '2026-12-01', afterLast: '2027-01-01' })
})

test('months follow one another without gap or overlap', () => {
  const months = Array.from({ length: 1200 }, (_, index) => {
    const month = String((index % 12) + 1).padStart(2, '0')
    return parseBillingPeriod(`${2000 + Math.floor(index / 12)}-${month}`)
  })
  for (const [index, month] of months.entries()) {
    const next = months[index + 1]
    if (next !== undefined) expect(periodRange(month, OSLO).endMs).toBe(periodRange(next, OSLO).startMs)
  }
})

test('a time zone that cuts a UTC hour is refused', () => {
  expect(() => periodRange(parseBillingPeriod('2026-10'), 'Asia/Kolkata')).toThrow(
    /2026-10-01 or 2026-11-01 begins inside a UTC hour in Asia\/Kolkata/,
  )
})

describe('parseBillingPeriod', () => {
  test.each([
    '',
    '2026',
    '2026-13',
    '2026-00',
    '2026-1',
    '26-10',
    '2026-10-01',
    ' 2026-10',
    '1999-12',
    '2100-01',
  ])('refuses %j', text => {
    expect(() => parseBillingPeriod(text)).toThrow(
      `${JSON.stringify(text)} is no billing period; ` +
        'expected a month as YYYY-MM, from 2000-01 to 2099-12, such as 2026-10',
    )
  })

  test('any text is a period or refused', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        try {
          expect(parseBillingPeriod(text).month).toBe(text)
        } catch (error) {
          expect(error).toBeInstanceOf(BillingPeriodError)
        }
      }),
    )
  })
})
