import { expect, test } from 'vitest'
import { compareUsage } from './compare-usage.ts'
import { EventMaker } from './make-events.ts'
import { Oracle } from './oracle.ts'

const totals = { requests: 2, requestBytes: 10, responseBytes: 20 }

test('figures are compared in both directions', () => {
  const expected = new Map([['a', totals]])
  expect(compareUsage(new Map([['a', { ...totals }]]), expected)).toEqual([])
  expect(compareUsage(new Map([['a', { ...totals, requestBytes: 11 }]]), expected)).toEqual([
    'usage of a: 2 requests, 11 + 20 bytes, expected 2 requests, 10 + 20 bytes',
  ])
  expect(compareUsage(new Map(), expected)).toHaveLength(1)
  expect(compareUsage(new Map([...expected, ['b', totals]]), expected)).toHaveLength(1)
})

test('what comes in has the shares that it promises, and every event in one place of the count', () => {
  const form = { eventsTotal: 20_000, partitions: 4, windowSize: 2 ** 11 }
  const maker = new EventMaker(1, form, Date.UTC(2026, 9, 12))
  const oracle = new Oracle()
  while (!maker.isDone) for (const { meaning } of maker.next()) oracle.add(meaning)
  expect(oracle.requests + oracle.rejected + oracle.garbage).toBe(20_000)
  expect(oracle.repeated).toBeGreaterThan(50)
  expect(oracle.copies / 20_000).toBeCloseTo(0.1, 1)
  expect((oracle.rejected + oracle.garbage) / 20_000).toBeCloseTo(0.01, 2)
  const requests = [...oracle.usage.values()].reduce((sum, figure) => sum + figure.requests, 0)
  expect(requests).toBe(oracle.requests)
})

test('a record that the log took twice is a duplicate, unless nothing in it can be read', () => {
  const oracle = new Oracle()
  oracle.add({ kind: 'rejected' })
  oracle.add({ kind: 'garbage' })
  const expected = { records: 5, requests: 0, duplicates: 2, rejected: 3, marks: 0 }
  expect(oracle.expect({ records: 5, garbage: 2, marks: 0 })).toEqual(expected)
})
