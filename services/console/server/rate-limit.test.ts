import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RateLimit } from './rate-limit.ts'

const rate = { requestsMax: 3, windowMs: 1_000 }

test('a caller has so many requests in a window, and all of them again after it', () => {
  const limit = new RateLimit(rate)
  const take = (nowMs: number, caller = 'a') => limit.take(caller, nowMs)
  expect([take(0), take(10), take(20)].map(each => [each.isAllowed, each.remaining])).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
  ])
  expect(take(999)).toEqual({ isAllowed: false, remaining: 0, resetMs: 1 })
  expect(take(999, 'b').isAllowed).toBe(true)
  expect(take(1_000)).toEqual({ isAllowed: true, remaining: 2, resetMs: 1_000 })
})

test('no window lets more through, whoever asks when', () => {
  const asks = fc.array(fc.record({ caller: fc.constantFrom('a', 'b', 'c'), afterMs: fc.nat(600) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(asks, all => {
      const limit = new RateLimit(rate)
      const startMs = new Map<string, number>()
      const used = new Map<string, number>()
      let nowMs = 0
      for (const { caller, afterMs } of all) {
        nowMs += afterMs
        if (nowMs - (startMs.get(caller) ?? Number.NEGATIVE_INFINITY) >= rate.windowMs) {
          startMs.set(caller, nowMs)
          used.set(caller, 0)
        }
        const { isAllowed, remaining } = limit.take(caller, nowMs)
        expect(isAllowed).toBe((used.get(caller) ?? 0) < rate.requestsMax)
        if (isAllowed) used.set(caller, (used.get(caller) ?? 0) + 1)
        expect(remaining).toBe(rate.requestsMax - (used.get(caller) ?? 0))
      }
    }),
  )
})

test('of very many callers the oldest is forgotten', () => {
  const limit = new RateLimit(rate)
  for (let caller = 0; caller < 20_000; caller++) limit.take(String(caller), caller / 100)
  expect(limit.take('19999', 200).remaining).toBe(1)
  expect(limit.take('0', 200).remaining).toBe(2)
})
