import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IntakeRefusedError } from './intake-error.ts'
import { fileOf, isLostFile, LINES_PER_RECORD_MAX, lostFileOf, placeOf, positionOf } from './place.ts'

const place = fc.record({
  offset: fc.nat({ max: 2 ** 39 - 1 }),
  index: fc.nat({ max: LINES_PER_RECORD_MAX - 1 }),
})

test('a position is a place, and the later place has the higher one', () => {
  fc.assert(
    fc.property(place, place, (one, other) => {
      expect(placeOf(positionOf(one))).toEqual(one)
      const isBefore = one.offset === other.offset ? one.index < other.index : one.offset < other.offset
      expect(positionOf(one) < positionOf(other)).toBe(isBefore)
    }),
  )
})

test('an offset that no position has room for is refused, not rounded', () => {
  expect(positionOf({ offset: 2 ** 39 - 1, index: LINES_PER_RECORD_MAX - 1 })).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => positionOf({ offset: 2 ** 39, index: 0 })).toThrow(IntakeRefusedError)
})

test('the longest topic that Kafka takes has files with names', () => {
  expect(fileOf('t'.repeat(249), 1_023).length).toBeLessThanOrEqual(256)
  expect(lostFileOf('lines', 3, 10, 14)).toBe('lines/3:10-14')
  expect(['lines/3:10-14', 'lines/3', '/var/log/a:1-2'].map(isLostFile)).toEqual([true, false, false])
})
