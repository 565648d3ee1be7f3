import { expect, test } from 'vitest'
import { describeCounting } from './describe-counting.ts'

test('a statement says where statuses were not told apart yet, and is silent where they were, or nothing was', () => {
  expect(describeCounting(1)).toEqual([expect.stringContaining('before 429, 401 and 407 were told apart')])
  expect([2, 3, null].map(describeCounting)).toEqual([[], [], []])
})
