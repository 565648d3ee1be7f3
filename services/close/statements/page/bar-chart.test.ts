import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseTicks, drawBarChart } from './bar-chart.ts'

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

test('heights are in proportion, and a bar of something is never invisible', () => {
  const values = [0n, 1n, 500_000n, 1_000_000n]
  const bars = values.map((value, index) => ({ label: String(index), value, description: `${value}` }))
  const { markup } = drawBarChart({ title: 'Requests', bars, formatTick: String })
  const heights = [...markup.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(match => Number(match[1]))
  expect(heights[0]).toBe(0)
  expect(heights[1]).toBe(1.5)
  expect(heights[2]).toBeCloseTo((heights[3] ?? 0) / 2, 0)
})
