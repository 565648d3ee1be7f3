import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forecastCrossing, forecastUsage, type Pace, paceStartMs } from './forecast.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** November in Oslo: thirty days of 24 hours. */
const periodStartMs = Date.parse('2026-10-31T23:00:00Z')
const periodEndMs = periodStartMs + 30 * DAY_MS
const at = (days: number, used: bigint, usedRecently = used): Pace => ({
  periodStartMs,
  periodEndMs,
  nowMs: periodStartMs + days * DAY_MS,
  used,
  usedRecently,
})

describe('forecastUsage', () => {
  test('an even pace goes on', () => {
    expect(forecastUsage(at(10, 100_000n, 70_000n))).toBe(300_000n)
    expect(forecastUsage(at(5, 50_000n))).toBe(300_000n)
  })

  test('of a client that slowed down the last seven days count, and what was used stays used', () => {
    expect(forecastUsage(at(20, 400_000n, 7_000n))).toBe(410_000n)
  })

  test('a weekend is no surprise: on every day of the week the same week counts', () => {
    // 10 000 on each of five days, nothing on two, from a Sunday: 1 November 2026.
    const usedThrough = (days: number) =>
      BigInt(
        Array.from({ length: days }, (_, day): number => ([0, 6].includes(day % 7) ? 0 : 10_000)).reduce(
          (a, b) => a + b,
          0,
        ),
      )
    for (let days = 7; days < 30; days += 1) {
      const forecast = Number(
        forecastUsage(at(days, usedThrough(days), usedThrough(days) - usedThrough(days - 7))),
      )
      expect(Math.abs(forecast - 210_000)).toBeLessThanOrEqual(15_000)
    }
  })

  test('there is none in the first three days, and none after the end', () => {
    expect(forecastUsage({ ...at(0, 10n), nowMs: periodStartMs + 3 * DAY_MS - 1 })).toBeNull()
    expect(forecastUsage({ ...at(0, 10n), nowMs: periodStartMs + 3 * DAY_MS })).toBe(100n)
    expect(forecastUsage(at(30, 10n))).toBeNull()
  })

  test('is never below what was used, and grows with it', () => {
    const moment = fc.integer({ min: 3 * DAY_MS, max: 30 * DAY_MS - 1 })
    const amount = fc.bigInt({ min: 0n, max: 2n ** 60n })
    fc.assert(
      fc.property(moment, amount, amount, amount, (elapsedMs, used, recently, more) => {
        const pace = { ...at(0, used, recently), nowMs: periodStartMs + elapsedMs }
        const forecast = forecastUsage(pace)
        const busier = forecastUsage({ ...pace, used: used + more, usedRecently: recently + more })
        if (forecast === null || busier === null) throw new Error('expected a forecast')
        expect(forecast >= used).toBe(true)
        expect(busier >= forecast + more).toBe(true)
      }),
    )
  })
})

test('the pace begins on a whole hour, at most seven days ago, and within the month', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 * DAY_MS - 1 }), elapsedMs => {
      const nowMs = periodStartMs + elapsedMs
      const startMs = paceStartMs(periodStartMs, nowMs)
      expect(startMs % HOUR_MS).toBe(0)
      expect(startMs).toBeGreaterThanOrEqual(periodStartMs)
      expect(nowMs - startMs).toBeLessThanOrEqual(7 * DAY_MS)
      expect(nowMs - startMs).toBeGreaterThan(Math.min(elapsedMs, 7 * DAY_MS) - HOUR_MS)
    }),
  )
})

describe('forecastCrossing', () => {
  test('an even pace comes to its allowance when it comes to it', () => {
    // 10 000 a day: 150 000 are used up at the end of day 15, and the next request is above them.
    const crossing = forecastCrossing(at(10, 100_000n, 70_000n), 149_999n)
    expect(crossing).toBe(periodStartMs + 15 * DAY_MS)
  })

  test('whoever is above it, or is not on the way there, crosses nothing', () => {
    expect(forecastCrossing(at(10, 100_000n, 70_000n), 99_999n)).toBeNull()
    expect(forecastCrossing(at(10, 100_000n, 70_000n), 300_000n)).toBeNull()
    expect(forecastCrossing(at(10, 100_000n, 0n), 100_000n)).toBeNull()
    expect(forecastCrossing(at(2, 100_000n), 150_000n)).toBeNull()
    expect(forecastCrossing(at(30, 100_000n), 150_000n)).toBeNull()
  })

  test('is the first millisecond whose forecast is above the allowance, and lies in the rest of the month', () => {
    const moment = fc.integer({ min: 3 * DAY_MS, max: 30 * DAY_MS - 1 })
    const amount = fc.bigInt({ min: 0n, max: 2n ** 40n })
    fc.assert(
      fc.property(moment, amount, amount, amount, (elapsedMs, used, recently, allowance) => {
        const pace = { ...at(0, used, recently), nowMs: periodStartMs + elapsedMs }
        const crossing = forecastCrossing(pace, allowance)
        const forecast = forecastUsage(pace)
        if (forecast === null) throw new Error('expected a forecast')
        expect(crossing === null).toBe(used > allowance || forecast <= allowance)
        if (crossing === null) return
        const paceMs = BigInt(pace.nowMs - paceStartMs(periodStartMs, pace.nowMs))
        const usedAt = (ms: number) => used + (recently * BigInt(ms - pace.nowMs)) / paceMs
        expect(crossing).toBeGreaterThan(pace.nowMs)
        expect(crossing).toBeLessThanOrEqual(periodEndMs)
        expect(usedAt(crossing) > allowance).toBe(true)
        expect(usedAt(crossing - 1) > allowance).toBe(false)
      }),
    )
  })
})
