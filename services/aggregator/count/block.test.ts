import { expect, test } from 'vitest'
import { DEFAULT_GEOMETRY, followRecord, markAheadMaxMs } from './block.ts'

const sizes = { blockSize: 8, windowSize: 4 }
const first = {
  ...{ foldVersion: 1, ...sizes, pastMaxMs: null, aheadMaxMs: null },
  ...{ controlSequence: 0, partitionCount: null },
}
const second = {
  ...{ foldVersion: 2, ...sizes, pastMaxMs: 7, aheadMaxMs: 9 },
  ...{ controlSequence: 4, partitionCount: null },
}
const version = (foldVersion: number) => ({ kind: 'stream_version', foldVersion, ...sizes }) as const
const limits = (pastMaxMs: number, aheadMaxMs: number) =>
  ({ kind: 'stream_limits', pastMaxMs, aheadMaxMs }) as const

test('a version holds when it is higher', () => {
  expect(followRecord(second, version(1), null)).toBeNull()
  expect(followRecord(second, version(2), null)).toBeNull()
  expect(followRecord(first, version(2), null)).toMatchObject({ foldVersion: 2 })
})

test('the limits of a stream stay when its version changes; the first ones come with version 2', () => {
  expect(followRecord(first, version(2), null)).toMatchObject({
    pastMaxMs: DEFAULT_GEOMETRY.pastMaxMs,
    aheadMaxMs: DEFAULT_GEOMETRY.aheadMaxMs,
  })
  expect(followRecord(second, version(3), null)).toEqual({ ...second, foldVersion: 3 })
})

test('a mark may be as far ahead as an event before version 3, and not at all from then on', () => {
  expect([first, second, { ...second, foldVersion: 3 }].map(markAheadMaxMs)).toEqual([null, 9, 0])
})

test('limits hold when they are other ones, and not before version 2', () => {
  expect(followRecord(second, limits(7, 9), null)).toBeNull()
  expect(followRecord(second, limits(7, 8), null)).toEqual({ ...second, aheadMaxMs: 8 })
  expect(followRecord(first, limits(7, 9), null)).toBeNull()
})

test('a signed word holds where its number is higher than that of the last one, whatever it says', () => {
  expect(followRecord(second, limits(1, 1), 4)).toBeNull()
  expect(followRecord(second, version(3), 3)).toBeNull()
  expect(followRecord(second, limits(1, 1), 5)).toEqual({
    ...second,
    ...{ pastMaxMs: 1, aheadMaxMs: 1, controlSequence: 5 },
  })
  expect(followRecord(second, limits(7, 9), 6)).toBeNull()
})

test('a number of partitions holds when it is higher, from fold version 3 on', () => {
  const growth = (partitionCount: number) => ({ kind: 'stream_growth', partitionCount }) as const
  const third = { ...second, foldVersion: 3 }
  const grown = { ...third, partitionCount: 8 }
  expect(followRecord(second, growth(8), null)).toBeNull()
  expect(followRecord(third, growth(8), null)).toEqual(grown)
  expect(followRecord(grown, growth(8), null)).toBeNull()
  expect(followRecord(grown, growth(6), null)).toBeNull()
  expect(followRecord(grown, growth(12), null)).toEqual({ ...grown, partitionCount: 12 })
  expect(followRecord(grown, limits(8, 9), null)).toEqual({ ...grown, pastMaxMs: 8 })
})
