import { expect, test } from 'vitest'
import { type Blocks, findUnsettled } from './read-usage.ts'

const block = (sums: string, number = 7) => ({ partition: 1, block: number, sums })
const settled: Blocks = { ledger: [block('5')], rollup: [block('5')] }

test('equal sums before and after are settled, in any order', () => {
  const two: Blocks = { ledger: [block('5'), block('6', 8)], rollup: [block('6', 8), block('5')] }
  expect(findUnsettled(two, two)).toEqual([])
  expect(findUnsettled({ ledger: [], rollup: [] }, { ledger: [], rollup: [] })).toEqual([])
})

test.each<[string, Blocks, Blocks, string]>([
  [
    'usage ahead of its ledger row',
    settled,
    { ...settled, rollup: [block('6')] },
    'partition 1, block 7: ledger 5, usage 6',
  ],
  [
    'usage without a ledger row',
    { ledger: [], rollup: [block('5')] },
    { ledger: [], rollup: [block('5')] },
    'partition 1, block 7: ledger nothing, usage 5',
  ],
  [
    'a ledger row without usage',
    { ...settled, rollup: [] },
    { ...settled, rollup: [] },
    'partition 1, block 7: ledger 5, usage nothing',
  ],
  [
    'a flush in between',
    settled,
    { ledger: [block('6')], rollup: [block('6')] },
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
    { ...settled, rollup: [block('6')] },
    settled,
    'partition 1, block 7: changed while it was read',
  ],
])('%s is not', (_what, before, after, expected) => {
  expect(findUnsettled(before, after)).toEqual([expected])
})
