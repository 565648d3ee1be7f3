import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeRanges } from './merge-ranges.ts'

test.each([
  [[], []],
  [[7], [[7, 8]]],
  [
    [20, 5, 6, 9],
    [
      [5, 10],
      [20, 21],
    ],
  ],
])('offsets %j stand in %j', (offsets, ranges) => {
  const found = mergeRanges(offsets, 4)
  expect(found.map(({ fromOffset, toOffset }) => [fromOffset, toOffset])).toEqual(ranges)
})

test('ranges hold every offset, begin and end with one, and leave out every longer gap', () => {
  const offsets = fc.array(fc.nat({ max: 500 }), { minLength: 1 })
  fc.assert(
    fc.property(offsets, fc.nat({ max: 20 }), (wanted, gapMax) => {
      const ranges = mergeRanges(wanted, gapMax)
      for (const offset of wanted)
        expect(
          ranges.filter(({ fromOffset, toOffset }) => fromOffset <= offset && offset < toOffset),
        ).toHaveLength(1)
      for (const { fromOffset, toOffset } of ranges) {
        expect(wanted).toContain(fromOffset)
        expect(wanted).toContain(toOffset - 1)
      }
      for (const [index, { fromOffset }] of ranges.entries())
        if (index > 0) expect(fromOffset - (ranges[index - 1]?.toOffset ?? 0)).toBeGreaterThan(gapMax)
    }),
  )
})
