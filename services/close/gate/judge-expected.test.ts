import { expect, test } from 'vitest'
import { judgeExpected } from './judge-expected.ts'

const endMs = Date.parse('2026-10-31T23:00:00Z')
const OCTOBER = {
  ...{ month: '2026-10', endMs, silent: [], sources: [{ source: 'gw2' }] },
  ...{ hasUsage: true, firstAppendTimeMs: endMs - 1 },
}
const gw2 = { source: 'gw2', fromMonth: '2026-10', mayHaveShipped: false }

test('an expected source of which nothing can be of the month is missed, from its month on', () => {
  expect(judgeExpected({ ...OCTOBER, expected: [gw2, { ...gw2, source: 'gw3', fromMonth: null }] })).toEqual([
    { kind: 'source_absent', source: 'gw2', fromMonth: '2026-10' },
    { kind: 'source_absent', source: 'gw3', fromMonth: null },
  ])
  expect(judgeExpected({ ...OCTOBER, expected: [{ ...gw2, mayHaveShipped: true }] })).toEqual([])
  expect(judgeExpected({ ...OCTOBER, expected: [{ ...gw2, fromMonth: '2026-11' }] })).toEqual([])
  const silent = [{ source: 'gw2', fromMonth: '2026-10', actor: 'kari' }]
  expect(judgeExpected({ ...OCTOBER, expected: [gw2], silent })).toEqual([])
})

test('usage of a month from before the log is not enough where people expect sources from a later month on', () => {
  const later = [
    { ...gw2, fromMonth: '2026-12' },
    { ...gw2, fromMonth: '2026-11' },
  ]
  const before = { ...OCTOBER, firstAppendTimeMs: endMs, expected: later }
  expect(judgeExpected(before)).toEqual([
    { kind: 'month_unexpected', month: '2026-10', fromMonth: '2026-11' },
  ])
  expect(judgeExpected({ ...before, firstAppendTimeMs: endMs - 1 })).toEqual([])
  expect(judgeExpected({ ...before, hasUsage: false })).toEqual([])
  expect(judgeExpected({ ...before, expected: [...later, { ...gw2, mayHaveShipped: true }] })).toEqual([])
  expect(judgeExpected({ ...before, expected: [] })).toEqual([])
  expect(judgeExpected({ ...before, sources: [{ source: 'gw2' }, { source: 'not-named' }] })).toEqual([])
})
