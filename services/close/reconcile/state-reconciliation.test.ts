import { expect, test } from 'vitest'
import type { Reconciled } from './reconciled.ts'
import { stateReconciliation } from './state-reconciliation.ts'

const range = { startMs: 100, endMs: 200 }

function compared(
  source: string,
  fromTimeMs: number,
  toTimeMs: number,
  more: Partial<Reconciled> = {},
): Reconciled {
  const counts = { served: 10, resets: 0, arrived: 10, rejected: 0, tolerance: 2 }
  return { source, fromTimeMs, toTimeMs, counter: 'nginx', ...counts, ...more }
}

test('where nothing was compared there is nothing to tell', () => {
  expect(stateReconciliation({ reconciled: [], sources: ['a'], range })).toBeNull()
})

test.each<[string, Reconciled[], boolean]>([
  ['every source, all of the month', [compared('a', 90, 200), compared('b', 100, 300)], true],
  [
    'in pieces that meet, in any order',
    [compared('b', 100, 200), compared('a', 150, 200), compared('a', 0, 150)],
    true,
  ],
  ['in pieces with a hole', [compared('b', 100, 200), compared('a', 151, 200), compared('a', 0, 150)], false],
  ['not to the end', [compared('a', 100, 199), compared('b', 100, 200)], false],
  ['not from the start', [compared('a', 101, 200), compared('b', 100, 200)], false],
  ['one source of two', [compared('a', 100, 200)], false],
])('whole is what was looked at as a whole: %s', (_what, reconciled, isWhole) => {
  const sources = ['a', 'b']
  expect(stateReconciliation({ reconciled, sources, range })).toEqual({
    isWhole,
    agrees: true,
    requestsTolerated: 2 * reconciled.length,
  })
})

test('one that differs is enough for all not to agree', () => {
  const reconciled = [compared('a', 100, 200), compared('b', 100, 200, { arrived: 7 })]
  expect(stateReconciliation({ reconciled, sources: ['a', 'b'], range })).toMatchObject({ agrees: false })
})
