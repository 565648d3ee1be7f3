import { expect, test } from 'vitest'
import { type Blocks, findUnrecognised, findUnsettled } from './find-unsettled.ts'

const block = (requestsSum: bigint, number = 7) => ({
  ...{ partition: 1, block: number, requestsSum },
  ...{ requestBytesSum: 2n ** 60n, responseBytesSum: 0n },
})
const FIVE = '5 requests, 1152921504606846976 + 0 bytes'
const settled: Blocks = { ledger: [block(5n)], rollup: [block(5n)] }

test('equal sums before and after are settled, in any order', () => {
  const two: Blocks = { ledger: [block(5n), block(6n, 8)], rollup: [block(6n, 8), block(5n)] }
  expect(findUnsettled(two, two)).toEqual([])
  expect(findUnsettled({ ledger: [], rollup: [] }, { ledger: [], rollup: [] })).toEqual([])
})

test.each<[string, Blocks, Blocks, string]>([
  [
    'usage ahead of its ledger row',
    settled,
    { ...settled, rollup: [block(6n)] },
    `partition 1, block 7: ledger ${FIVE}, usage ${FIVE.replace('5', '6')}`,
  ],
  [
    'usage without a ledger row',
    { ledger: [], rollup: [block(5n)] },
    { ledger: [], rollup: [block(5n)] },
    `partition 1, block 7: ledger nothing, usage ${FIVE}`,
  ],
  [
    'a ledger row without usage',
    { ...settled, rollup: [] },
    { ...settled, rollup: [] },
    `partition 1, block 7: ledger ${FIVE}, usage nothing`,
  ],
  [
    'a flush in between',
    settled,
    { ledger: [block(6n)], rollup: [block(6n)] },
    'partition 1, block 7: changed while it was read',
  ],
  [
    'a new block in between',
    { ledger: [], rollup: [] },
    settled,
    'partition 1, block 7: changed while it was read',
  ],
  [
    'unsettled before only',
    { ...settled, rollup: [block(6n)] },
    settled,
    'partition 1, block 7: changed while it was read',
  ],
])('%s is not', (_what, before, after, expected) => {
  expect(findUnsettled(before, after)).toEqual([expected])
})

test('request ids are settled when every block that holds some is', () => {
  const blocks = [
    { partition: 0, nextOffset: 8 },
    { partition: 0, nextOffset: 16 },
    { partition: 2, nextOffset: 4 },
  ]
  const find = (nextOffsets: readonly number[], isWhole = true) =>
    findUnrecognised(blocks, { nextOffsets, isWhole }).map(sentence => sentence.split(':')[0])
  expect(find([16, 0, 4])).toEqual([])
  expect(find([15, 9, 4])).toEqual(['partition 0'])
  expect(find([16])).toEqual(['partition 2'])
  expect(find([16, 0, 4], false)).toEqual(['partition 0', 'partition 2'])
  expect(findUnrecognised([], { nextOffsets: [], isWhole: true })).toEqual([])
})
