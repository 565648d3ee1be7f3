import { listDays, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import { compareMonths, toMonthUse } from './compare-months.ts'

const days = (month: string) => listDays(parseBillingPeriod(month))
const use = (at: string, requests: bigint) => ({
  at,
  requests,
  requestBytes: 2n * requests,
  responseBytes: 0n,
})
const sums = (requests: number) => ({
  requests: String(requests),
  requestBytes: String(2 * requests),
  responseBytes: '0',
})
const march = [use('2026-03-01', 1n), use('2026-03-02', 10n), use('2026-03-31', 100n)]
const february = { days: days('2026-02'), usage: [use('2026-02-01', 7n), use('2026-02-28', 70n)] }

test('days that are over are compared with as many of the month before', () => {
  expect(compareMonths(days('2026-03'), '2026-03-02', march, february)).toEqual({
    days: 1,
    usage: sums(1),
    before: sums(7),
  })
  // February has no more than 28 of them.
  expect(compareMonths(days('2026-03'), '2026-03-31', march, february)).toEqual({
    days: 30,
    usage: sums(11),
    before: sums(77),
  })
})

test('a month that is over is compared as a whole, be the one before longer', () => {
  expect(
    compareMonths(february.days, '2026-03-01', february.usage, {
      days: days('2026-01'),
      usage: [use('2026-01-31', 5n)],
    }),
  ).toEqual({
    days: 28,
    usage: sums(77),
    before: sums(5),
  })
})

test('on the first day there is nothing to compare', () => {
  expect(compareMonths(days('2026-03'), '2026-03-01', march, february)).toBeNull()
})

test('a month has its sum beside its days', () => {
  expect(toMonthUse('2026-03', march)).toEqual({
    month: '2026-03',
    total: sums(111),
    days: [
      { day: '2026-03-01', ...sums(1) },
      { day: '2026-03-02', ...sums(10) },
      { day: '2026-03-31', ...sums(100) },
    ],
  })
})
