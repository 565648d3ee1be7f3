import { expect, test } from 'vitest'
import { type Measurement, medianOf } from './measurement.ts'

const expected = { requests: 2, requestBytes: 3, responseBytes: 4, cells: 1 }
const round = (countingMs: number, peakBytes: number | null, found = expected): Measurement => ({
  ...{ events: 2, countingMs, processMs: 9, cpuSeconds: 1, peakBytes },
  totals: { found, expected },
})

test('of three rounds the one in the middle counts, and the highest peak', () => {
  expect(medianOf([round(3, 10), round(1, 30), round(2, 20)])).toEqual(round(2, 30))
  expect(medianOf([round(3, null), round(1, null), round(2, null)])).toEqual(round(2, null))
})

test('a round that miscounted is the one that is shown', () => {
  const wrong = { ...expected, responseBytes: 5 }
  expect(medianOf([round(3, 10), round(1, 10, wrong), round(2, 10)])).toEqual(round(1, 10, wrong))
})
