import { ALERT_LEVELS, type AlertId, alertIdOf, type UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Amounts, judgeUsage } from './judge-usage.ts'
import { judgedPeriods } from './judged-periods.ts'

const OSLO = 'Europe/Oslo'
const period = parseBillingPeriod('2026-10')
const range = periodRange(period, OSLO)
const october = { ...range, month: '2026-10', period, isOver: false, stream: 'gateway.requests' }
const allowance = { requests: 500_000n, bytes: 30_000_000_000n }
const nothing = { requests: 0n, bytes: 0n }
const lastHourMs = range.endMs - 3_600_000
const NONE: ReadonlySet<AlertId> = new Set()

type Case = {
  used: Partial<Amounts>
  recently?: Partial<Amounts>
  nowMs?: number
  raised?: ReadonlySet<AlertId>
  isOver?: boolean
}

function judge({
  used,
  recently = {},
  nowMs = lastHourMs,
  raised = NONE,
  isOver = false,
}: Case): UsageAlert[] {
  const usage = { clientId: 'lys', used: { ...nothing, ...used }, usedRecently: { ...nothing, ...recently } }
  return judgeUsage(usage, allowance, { ...october, isOver }, nowMs, raised)
}
const subjects = (alerts: readonly UsageAlert[]) =>
  alerts.map(({ metric, kind, level }) => `${kind} ${level} ${metric}`)

describe('what was used', () => {
  test.each([
    [249_999n, []],
    [250_000n, ['actual 50 requests']],
    [399_999n, ['actual 50 requests']],
    [400_000n, ['actual 50 requests', 'actual 80 requests']],
    [499_999n, ['actual 50 requests', 'actual 80 requests']],
    [500_000n, ['actual 50 requests', 'actual 80 requests', 'actual 100 requests']],
    [900_000n, ['actual 50 requests', 'actual 80 requests', 'actual 100 requests']],
  ])('of %s requests', (requests, expected) => {
    expect(subjects(judge({ used: { requests } }))).toEqual(expected)
  })

  test('each metric is judged by itself', () => {
    expect(subjects(judge({ used: { requests: 250_000n, bytes: 24_000_000_000n } }))).toEqual([
      'actual 50 requests',
      'actual 50 bytes',
      'actual 80 bytes',
    ])
  })

  test('what is raised already is not raised again', () => {
    const first = judge({ used: { requests: 250_000n } })
    const raised = new Set(first.map(alert => alert.alertId))
    expect(subjects(judge({ used: { requests: 400_000n }, raised }))).toEqual(['actual 80 requests'])
  })

  test('an alert says what it was raised on', () => {
    const [alert] = judge({ used: { requests: 250_001n } })
    expect(alert).toEqual({
      alertId: alertIdOf({ ...october, clientId: 'lys', metric: 'requests', kind: 'actual', level: 50 }),
      stream: 'gateway.requests',
      clientId: 'lys',
      month: '2026-10',
      metric: 'requests',
      kind: 'actual',
      level: 50,
      used: 250_001n,
      allowance: 500_000n,
      forecast: null,
      raisedAtMs: lastHourMs,
      periodStartMs: range.startMs,
      periodEndMs: range.endMs,
    })
  })
})

describe('the forecast', () => {
  const afterTenDaysMs = range.startMs + 10 * 24 * 3_600_000

  test('raises the levels that the month will reach and the usage has not', () => {
    // 31 days and an hour: 265 000 + 173 000 a week for three weeks and an hour.
    const alerts = judge({
      used: { requests: 265_000n },
      recently: { requests: 70_000n },
      nowMs: afterTenDaysMs,
    })
    expect(subjects(alerts)).toEqual(['actual 50 requests', 'forecast 80 requests'])
    expect(alerts.map(alert => alert.forecast)).toEqual([null, 475_416n])
  })

  test('is silent in the first three days', () => {
    const nowMs = range.startMs + 71 * 3_600_000
    expect(judge({ used: { requests: 100_000n }, recently: { requests: 100_000n }, nowMs })).toEqual([])
  })
})

test('where nothing is included, the first request reaches every level, and no request none', () => {
  const included = { requests: 0n, bytes: 0n }
  const usage = (requests: bigint) => ({
    clientId: 'lys',
    used: { requests, bytes: 0n },
    usedRecently: nothing,
  })
  expect(subjects(judgeUsage(usage(1n), included, october, lastHourMs, NONE))).toEqual(
    ALERT_LEVELS.map(level => `actual ${level} requests`),
  )
  expect(judgeUsage(usage(0n), included, october, lastHourMs, NONE)).toEqual([])
})

describe('around the change of month', () => {
  test('of a month that is over only the whole allowance is news', () => {
    const afterMs = range.endMs + 3_600_000
    expect(judge({ used: { requests: 400_000n }, nowMs: afterMs, isOver: true })).toEqual([])
    expect(subjects(judge({ used: { requests: 500_000n }, nowMs: afterMs, isOver: true }))).toEqual([
      'actual 100 requests',
    ])
  })

  const monthsAt = (nowMs: number, isClosed = false) =>
    judgedPeriods(nowMs, OSLO, month => isClosed && month === '2026-10').map(({ month, isOver }) => [
      month,
      isOver,
    ])

  test('the month before is looked at for a week, while it is not closed', () => {
    expect(monthsAt(range.endMs - 1)).toEqual([['2026-10', false]])
    expect(monthsAt(range.endMs)).toEqual([
      ['2026-11', false],
      ['2026-10', true],
    ])
    const weekMs = 7 * 24 * 3_600_000
    expect(monthsAt(range.endMs + weekMs - 1)).toHaveLength(2)
    expect(monthsAt(range.endMs + weekMs)).toEqual([['2026-11', false]])
    expect(monthsAt(range.endMs, true)).toEqual([['2026-11', false]])
  })
})

test('however often a growing month is judged, a subject is raised once, and no lower level after a higher', () => {
  const step = fc.record({ requests: fc.bigInt(0n, 120_000n), hours: fc.integer({ min: 1, max: 60 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const raised = new Map<AlertId, UsageAlert>()
      let requests = 0n
      let nowMs = range.startMs
      for (const each of steps) {
        requests += each.requests
        nowMs = Math.min(nowMs + each.hours * 3_600_000, lastHourMs)
        const alerts = judge({
          used: { requests },
          recently: { requests },
          nowMs,
          raised: new Set(raised.keys()),
        })
        for (const alert of alerts) {
          expect(raised.has(alert.alertId)).toBe(false)
          if (alert.kind === 'forecast') expect(requests * 100n).toBeLessThan(500_000n * BigInt(alert.level))
          raised.set(alert.alertId, alert)
        }
      }
      const reached = ALERT_LEVELS.filter(
        level => requests > 0n && requests * 100n >= 500_000n * BigInt(level),
      )
      const actual = [...raised.values()].filter(alert => alert.kind === 'actual').map(alert => alert.level)
      expect(actual.toSorted((a, b) => a - b)).toEqual(reached)
    }),
  )
})
