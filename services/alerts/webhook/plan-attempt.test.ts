import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GIVE_UP_AFTER_MS, nextAttemptAt, planAttempt } from './plan-attempt.ts'

const RAISED_MS = 1_792_000_000_000
const fresh = { raisedAtMs: RAISED_MS, isAccepted: false, newest: null }

describe('planAttempt', () => {
  test('a new alert is sent at once', () => {
    expect(planAttempt(fresh, RAISED_MS)).toEqual({ kind: 'due', attempt: 1 })
  })

  test('an accepted one never again', () => {
    expect(planAttempt({ ...fresh, isAccepted: true }, RAISED_MS)).toEqual({ kind: 'settled' })
  })

  test('a failed one when its time has come, and not before', () => {
    const nextAttemptAtMs = RAISED_MS + 5_000
    const newest = { attempt: 1, startedAtMs: RAISED_MS, failure: { nextAttemptAtMs } }
    expect(planAttempt({ ...fresh, newest }, nextAttemptAtMs - 1)).toEqual({
      kind: 'wait',
      untilMs: nextAttemptAtMs,
    })
    expect(planAttempt({ ...fresh, newest }, nextAttemptAtMs)).toEqual({ kind: 'due', attempt: 2 })
  })

  test('one whose process died in the attempt after half a minute', () => {
    const newest = { attempt: 3, startedAtMs: RAISED_MS, failure: null }
    expect(planAttempt({ ...fresh, newest }, RAISED_MS + 29_999)).toMatchObject({ kind: 'wait' })
    expect(planAttempt({ ...fresh, newest }, RAISED_MS + 30_000)).toEqual({ kind: 'due', attempt: 4 })
  })

  test('none after a day, nor after a last attempt', () => {
    expect(planAttempt(fresh, RAISED_MS + GIVE_UP_AFTER_MS)).toEqual({ kind: 'settled' })
    const newest = { attempt: 9, startedAtMs: RAISED_MS, failure: { nextAttemptAtMs: null } }
    expect(planAttempt({ ...fresh, newest }, RAISED_MS + 1)).toEqual({ kind: 'settled' })
  })
})

test('whatever the dice say, attempts come to an end within a day, and are not many', () => {
  const dice = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 40,
    maxLength: 40,
  })
  fc.assert(
    fc.property(dice, throws => {
      let nowMs: number | null = RAISED_MS
      let attempts = 0
      while (nowMs !== null) {
        expect(nowMs - RAISED_MS).toBeLessThan(GIVE_UP_AFTER_MS)
        attempts += 1
        const nextMs: number | null = nextAttemptAt(attempts, RAISED_MS, nowMs, throws[attempts] ?? 0)
        if (nextMs !== null) expect(nextMs).toBeGreaterThan(nowMs)
        nowMs = nextMs
      }
      expect(attempts).toBeGreaterThanOrEqual(10)
      expect(attempts).toBeLessThanOrEqual(15)
    }),
  )
})
