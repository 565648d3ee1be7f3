import { expect, test } from 'vitest'
import { believedThrough, judgeTime } from './judge-time.ts'

const LIMITS = { pastMaxMs: 1_000, aheadMaxMs: 10 }

test.each([
  [0, 'ok'],
  [1_000, 'ok'],
  [1_001, 'time_too_old'],
  [-10, 'ok'],
  [-11, 'time_ahead'],
])('an event of %i ms before its record is %s', (agoMs, verdict) => {
  expect(judgeTime(5_000 - agoMs, 5_000, LIMITS)).toBe(verdict)
})

test('without limits any time is believed', () => {
  const noLimits = { pastMaxMs: null, aheadMaxMs: null }
  expect(judgeTime(0, 5_000_000_000_000, noLimits)).toBe('ok')
  expect(judgeTime(5_000_000_000_000, 0, noLimits)).toBe('ok')
})

test('a source that is further ahead of the log than it is believed is where the log is', () => {
  expect(believedThrough(5_010, 5_000, 10)).toBe(5_010)
  expect(believedThrough(5_011, 5_000, 10)).toBe(5_000)
  expect(believedThrough(5, 5_000, 10)).toBe(5)
  expect(believedThrough(5_001, 5_000, 0)).toBe(5_000)
  expect(believedThrough(9_000, 5_000, null)).toBe(9_000)
})
