import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { describe, expect, test } from 'vitest'
import { type CloseSchedule, type PlanFacts, planCloses } from './plan-closes.ts'

const OSLO = { expression: '0 6 2 * *', timeZone: 'Europe/Oslo', from: null }
const COUNTING: PlanFacts = {
  closedMonths: new Set(['2026-08']),
  firstAppendTimeMs: Date.parse('2026-08-15T00:00:00Z'),
}
const from = (month: string) => ({ ...OSLO, from: parseBillingPeriod(month) })
const plan = (now: string, facts: Partial<PlanFacts> = {}, schedule: CloseSchedule = OSLO) =>
  planCloses(schedule, { ...COUNTING, ...facts }, Date.parse(now)).map(period => period.month)

describe('a month is due from the first scheduled time after its grace', () => {
  test.each([
    ['before the month is over', '2026-09-30T12:00:00Z', []],
    ['when its grace ends, which is before the time', '2026-10-01T22:00:00Z', []],
    ['a second before the time, in summer time', '2026-10-02T03:59:59Z', []],
    ['at the time', '2026-10-02T04:00:00Z', ['2026-09']],
  ])('%s', (_what, now, months) => {
    expect(plan(now)).toEqual(months)
  })

  test('after the clocks went back, an hour later in UTC', () => {
    const closedMonths = new Set(['2026-09'])
    expect(plan('2026-11-02T04:59:59Z', { closedMonths })).toEqual([])
    expect(plan('2026-11-02T05:00:00Z', { closedMonths })).toEqual(['2026-10'])
  })

  test('a time that falls into the hour that is skipped in spring is made up for', () => {
    const schedule = { ...OSLO, expression: '30 2 29 3 *' }
    const facts = {
      closedMonths: new Set(['2026-01']),
      firstAppendTimeMs: Date.parse('2026-01-10T00:00:00Z'),
    }
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

describe('a month is closed on the word of a person', () => {
  const NOW = '2027-01-20T00:00:00Z'

  test('who closed the one before it', () => {
    expect(plan(NOW)).toEqual(['2026-09'])
    expect(plan(NOW, { closedMonths: new Set() })).toEqual([])
  })

  test('or who said from which month on', () => {
    expect(plan(NOW, { closedMonths: new Set() }, from('2026-10'))).toEqual(['2026-10'])
    expect(plan(NOW, {}, from('2026-10'))).toEqual(['2026-10'])
    expect(plan(NOW, { closedMonths: new Set(['2026-08', '2026-10']) }, from('2026-10'))).toEqual(['2026-11'])
  })

  test('never before the one before it, and never twice, however often it is asked', () => {
    expect(plan(NOW, { closedMonths: new Set(['2026-08', '2026-09', '2026-11']) })).toEqual([
      '2026-10',
      '2026-12',
    ])
  })

  test('no further back than a year', () => {
    const early = { firstAppendTimeMs: Date.parse('2020-01-01T00:00:00Z') }
    expect(plan('2026-11-20T00:00:00Z', { ...early, closedMonths: new Set(['2025-09']) })).toEqual([])
    expect(plan('2026-11-20T00:00:00Z', { ...early, closedMonths: new Set(['2025-10']) })).toEqual([
      '2025-11',
    ])
  })
})

describe('a month that ended before the log held anything is for people', () => {
  const firstAppend = (time: string) => ({ firstAppendTimeMs: Date.parse(time) })

  test('though the one before it is closed, or it is the first that was named', () => {
    const closedMonths = new Set(['2026-01'])
    const late = firstAppend('2026-10-05T00:00:00Z')
    expect(plan('2026-11-20T00:00:00Z', { ...late, closedMonths })).toEqual([])
    expect(plan('2026-11-20T00:00:00Z', { ...late, closedMonths }, from('2026-02'))).toEqual([])
    expect(plan('2026-11-20T00:00:00Z', { ...late, closedMonths: new Set(['2026-09']) })).toEqual(['2026-10'])
  })

  test("which ended, in the tariff's time zone", () => {
    const closedMonths = new Set(['2026-08'])
    const since = (time: string) => plan('2026-11-20T00:00:00Z', { ...firstAppend(time), closedMonths })
    expect(since('2026-09-30T21:59:59Z')).toEqual(['2026-09'])
    expect(since('2026-09-30T22:00:00Z')).toEqual([])
  })

  test('and so is every month before anything was counted', () => {
    expect(plan('2027-01-20T00:00:00Z', { firstAppendTimeMs: null }, from('2026-09'))).toEqual([])
  })
})
