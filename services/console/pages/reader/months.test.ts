import { expect, test } from 'vitest'
import { addDays, addMonths, daysOf, isDay, isMonth } from './months.ts'

test('months and days follow each other over years, leap days and changes of clocks', () => {
  expect(addMonths('2026-12', 1)).toBe('2027-01')
  expect(addMonths('2026-01', -1)).toBe('2025-12')
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(daysOf('2026-10')).toHaveLength(31)
  expect(daysOf('2027-02').at(-1)).toBe('2027-02-28')
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
})
