import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import { countedIn, SETTLED_ZONE } from './settled-month.ts'

const rangeOf = (month: string, timeZone: string) => periodRange(parseBillingPeriod(month), timeZone)

test.each(['2000-01', '2026-10', '2099-12'])('%s is added up from what is settled', month => {
  expect(countedIn(rangeOf(month, SETTLED_ZONE)).view).toBe('usage_by_month')
})

test('a month of another time zone, and part of one, are added up by hours', () => {
  expect(countedIn(rangeOf('2026-10', 'UTC')).view).toBe('usage_counted')
  const { startMs, endMs } = rangeOf('2026-10', SETTLED_ZONE)
  expect(countedIn({ startMs, endMs: endMs - 86_400_000 }).view).toBe('usage_counted')
})
