import { expect, test } from 'vitest'
import { addDays, addMonths, daysOf, hoursOf, isDay, isMonth } from './months.ts'

test('months and days follow each other over years, leap days and changes of clocks', () => {
  expect(addMonths('2026-12', 1)).toBe('2027-01')
  expect(addMonths('2026-01', -1)).toBe('2025-12')
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(daysOf('2026-10')).toHaveLength(31)
  expect(daysOf('2027-02').at(-1)).toBe('2027-02-28')
})

test('a day has the hours of its place, one less or more where clocks change', () => {
  const hours = hoursOf('2026-10-14', 'Europe/Oslo')
  expect([hours.length, hours[0], hours.at(-1)]).toEqual([
    24,
    '2026-10-13T22:00:00.000Z',
    '2026-10-14T21:00:00.000Z',
  ])
  expect(hoursOf('2026-10-25', 'Europe/Oslo')).toHaveLength(25)
  expect(hoursOf('2026-03-29', 'Europe/Oslo')).toHaveLength(23)
  expect(hoursOf('2026-10-14', 'Pacific/Auckland')[0]).toBe('2026-10-13T11:00:00.000Z')
})

test.each([['2026-10'], ['2099-12']])('%s is a month', text => {
  expect(isMonth(text)).toBe(true)
})

test.each([['2026-13'], ['1999-10'], ['2026-1'], ['2026-10-01'], [202610], [undefined]])(
  '%s is none',
  text => {
    expect(isMonth(text)).toBe(false)
  },
)

test('a day of an address is a day', () => {
  expect(isDay('2026-10-14')).toBe(true)
  expect(isDay('2026-10-32')).toBe(false)
  expect(isDay('2026-02-31')).toBe(false)
  expect(isDay('2028-02-29')).toBe(true)
})
