import { describe, expect, test } from 'vitest'
import { type PlanFacts, planCloses } from './plan-closes.ts'

const OSLO = { expression: '0 6 2 * *', timeZone: 'Europe/Oslo' }
const plan = (now: string, facts: Partial<PlanFacts> = {}, schedule = OSLO) =>
  planCloses(
    schedule,
    { firstUsageMs: Date.parse('2026-08-15T00:00:00Z'), closedMonths: new Set(), ...facts },
    Date.parse(now),
  ).map(period => period.month)

describe('a month is due from the first scheduled time after its grace', () => {
  test.each([
    ['before the month is over', '2026-09-30T12:00:00Z', []],
    ['when its grace ends, which is before the time', '2026-10-01T22:00:00Z', []],
    ['a second before the time, in summer time', '2026-10-02T03:59:59Z', []],
    ['at the time', '2026-10-02T04:00:00Z', ['2026-09']],
    ['after the clocks went back, an hour later in UTC', '2026-11-02T04:59:59Z', ['2026-09']],
    ['at the time then', '2026-11-02T05:00:00Z', ['2026-09', '2026-10']],
  ])('%s', (_what, now, months) => {
    expect(plan(now)).toEqual(months)
  })

  test('a time that falls into the hour that is skipped in spring is made up for', () => {
    const schedule = { ...OSLO, expression: '30 2 29 3 *' }
    const facts = { firstUsageMs: Date.parse('2026-01-10T00:00:00Z') }
    expect(plan('2026-03-29T00:59:59Z', facts, schedule)).toEqual([])
    expect(plan('2026-03-29T01:30:00Z', facts, schedule)).toEqual(['2026-02'])
  })

  test('a time that comes twice in autumn holds from the first', () => {
    const schedule = { ...OSLO, expression: '30 2 25 10 *' }
    expect(plan('2026-10-25T00:29:59Z', {}, schedule)).toEqual([])
    expect(plan('2026-10-25T00:30:00Z', {}, schedule)).toEqual(['2026-09'])
  })

  test('a time that lies before the end of the grace waits for the next one', () => {
    const schedule = { ...OSLO, expression: '0 6 1 * *' }
    expect(plan('2026-10-31T12:00:00Z', {}, schedule)).toEqual([])
    expect(plan('2026-11-01T05:00:00Z', {}, schedule)).toEqual(['2026-09'])
  })
})

describe('what was missed is caught up on', () => {
  test('every month since the first usage, oldest first', () => {
    expect(plan('2027-01-20T00:00:00Z')).toEqual(['2026-09', '2026-10', '2026-11', '2026-12'])
  })

  test('but no month that is closed, however often it is asked', () => {
    expect(plan('2027-01-20T00:00:00Z', { closedMonths: new Set(['2026-09', '2026-11']) })).toEqual([
      '2026-10',
      '2026-12',
    ])
  })

  test('nothing before there is usage', () => {
    expect(plan('2027-01-20T00:00:00Z', { firstUsageMs: null })).toEqual([])
  })

  test('no further back than a year, as for an event from a clock gone wrong', () => {
    const months = plan('2026-11-20T00:00:00Z', { firstUsageMs: Date.parse('2001-01-01T00:00:00Z') })
    expect(months).toHaveLength(12)
    expect(months[0]).toBe('2025-11')
  })

  test("not the month of the first usage, in the tariff's time zone", () => {
    const planSince = (firstUsage: string) =>
      plan('2026-11-20T00:00:00Z', { firstUsageMs: Date.parse(firstUsage) })
    expect(planSince('2026-08-31T21:00:00Z')).toEqual(['2026-09', '2026-10'])
    expect(planSince('2026-08-31T22:00:00Z')).toEqual(['2026-10'])
  })
})
