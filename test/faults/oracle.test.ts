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

test('when the topic grows, keys and copies move, and what would be rejected twice does not', () => {
  const maker = new EventMaker(
    1,
    { eventsTotal: 30_000, partitions: 6, windowSize: 2 ** 11 },
    Date.UTC(2026, 9, 12),
  )
  /** By content: where each came, and what it means. */
  const places = new Map<string, Set<number>>()
  const rejected = new Set<string>()
  const files = new Map<string, number>()
  const take = (events: number) => {
    for (const end = maker.made + events; maker.made < end; ) {
      for (const { outgoing, meaning } of maker.next()) {
        const content = outgoing.value.toString('latin1')
        const partition = 'partition' in outgoing.to ? outgoing.to.partition : -1
        places.set(content, (places.get(content) ?? new Set()).add(partition))
        if (meaning.kind === 'rejected') rejected.add(content)
      }
    }
  }
  take(10_000)
  expect(Math.max(...[...places.values()].map(({ size }) => size))).toBe(1)
  maker.beginGrowth(8)
  const rejectedBefore = rejected.size
  take(10_000)
  expect(rejected.size).toBe(rejectedBefore)
  maker.endGrowth()
  take(10_000)
  expect(rejected.size).toBeGreaterThan(rejectedBefore)
  expect([...places.values()].filter(({ size }) => size > 1).length).toBeGreaterThan(100)
  for (const content of rejected) expect(places.get(content)?.size).toBe(1)
  for (const { outgoing, meaning } of maker.marks()) {
    expect(meaning.kind).toBe('mark')
    const partition = 'partition' in outgoing.to ? outgoing.to.partition : -1
    files.set(String(partition), (files.get(String(partition)) ?? 0) + 1)
  }
  expect([...files.keys()].toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
})

test('a record that the log took twice is a duplicate, unless nothing in it can be read', () => {
  const oracle = new Oracle()
  oracle.add({ kind: 'rejected' })
  oracle.add({ kind: 'garbage' })
  const expected = { records: 6, requests: 0, copies: 2, rejected: 3, marks: 0 }
  expect(oracle.expect({ records: 6, garbage: 2, marks: 0, words: 1 })).toEqual(expected)
})
