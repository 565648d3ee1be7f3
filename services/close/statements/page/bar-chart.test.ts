import { expect, test } from 'vitest'
import { drawBarChart } from './bar-chart.ts'

test('heights are in proportion, and a bar of something is never invisible', () => {
  const values = [0n, 1n, 500_000n, 1_000_000n]
  const bars = values.map((value, index) => ({ label: String(index), value, description: `${value}` }))
  const { markup } = drawBarChart({ title: 'Requests', bars, formatTick: String })
  const heights = [...markup.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(match => Number(match[1]))
  expect(heights[0]).toBe(0)
  expect(heights[1]).toBe(1.5)
  expect(heights[2]).toBeCloseTo((heights[3] ?? 0) / 2, 0)
})
