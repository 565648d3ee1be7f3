import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseTicks } from './choose-ticks.ts'

test.each([
  [0n, [0n, 1n]],
  [1n, [0n, 1n]],
  [29n, [0n, 10n, 20n, 30n]],
  [500_001n, [0n, 200_000n, 400_000n, 600_000n]],
])('up to %s there are these ticks: %s', (highest, ticks) => {
  expect(chooseTicks(highest)).toEqual(ticks)
})

test('ticks are few, equally far apart, and reach the highest bar', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), highest => {
      const ticks = chooseTicks(highest)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest)
      expect(new Set(ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0n))).size).toBe(1)
    }),
  )
})
