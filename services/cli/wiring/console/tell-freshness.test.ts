import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { expect, test } from 'vitest'
import {
  lagOf,
  nextOffsetOf,
  type PartitionCounted,
  tellCompleteness,
  tellFreshness,
} from './tell-freshness.ts'

const progress = {
  stream: 's',
  partition: 0,
  blocks: 1,
  firstOffset: 0,
  nextOffset: 7,
  records: 7,
  requests: 7,
  duplicates: 0,
  rejected: 0,
  marks: 0,
  requestBytes: 0n,
  responseBytes: 0n,
  lastAppendTimeMs: Date.parse('2026-10-14T10:00:00Z'),
}
const counted: PartitionCounted = { partition: 0, bounds: { startOffset: 0, endOffset: 7 }, progress }
const behind: PartitionCounted = { ...counted, bounds: { startOffset: 0, endOffset: 1_241 } }
const untouched: PartitionCounted = { partition: 1, bounds: { startOffset: 3, endOffset: 3 }, progress: null }

const source = {
  source: 'gw1',
  format: 'kong',
  events: 5,
  eventsMarked: 5,
  missing: 0,
  throughMs: Date.parse('2026-10-14T10:00:00Z'),
  identity: 'line_position' as const,
  givesMarks: true,
  expected: null,
  obstacles: NO_OBSTACLES,
  instances: [],
  retired: null,
}

test('where nothing is counted, counting begins where the log does', () => {
  expect(nextOffsetOf(untouched)).toBe(3)
  expect(lagOf({ ...untouched, bounds: { startOffset: 3, endOffset: 5 } })).toBe(2)
})

test.each([
  [
    [counted, untouched],
    0,
    'All that is in the log is counted: the newest that is counted came at 2026-10-14T10:00:00.000Z.',
  ],
  [
    [behind],
    0,
    '1 234 records of the log are not counted yet: the newest that is counted came at 2026-10-14T10:00:00.000Z.',
  ],
  [[behind], 2, 'Nobody counts on 2 partitions, though there are records: 1 234 records of the log wait.'],
  [[untouched], 0, 'Nothing has come to the log yet.'],
])('how fresh figures are is told', (partitions, standing, detail) => {
  expect(tellFreshness(partitions, standing)).toMatchObject({ standing, detail })
})

test('a month waits for the source that is least far; one that was retired is no source', () => {
  const later = { ...source, source: 'gw2', throughMs: Date.parse('2026-10-15T10:00:00Z') }
  const gone = {
    ...source,
    source: 'gw3',
    throughMs: null,
    missing: 9,
    retired: { reason: 'moved', missing: 9 },
  }
  expect(tellCompleteness({ shipped: [later, source, gone], silent: [] })).toEqual({
    through: '2026-10-14T10:00:00.000Z',
    missing: 0,
    sources: 2,
    withoutMarks: 0,
    silent: [],
    detail: 'Every source that says so has shipped everything through 2026-10-14T10:00:00.000Z.',
  })
})

test('a source that has not said how far it is, or was never heard of, keeps all of them from being told', () => {
  const silent = [{ source: 'gw9', fromMonth: null, actor: 'kari' }]
  expect(
    tellCompleteness({ shipped: [source, { ...source, throughMs: null }], silent: [] }).through,
  ).toBeNull()
  expect(
    tellCompleteness({
      shipped: [
        { ...source, missing: 2 },
        { ...source, givesMarks: false },
      ],
      silent,
    }),
  ).toMatchObject({
    through: null,
    missing: 2,
    withoutMarks: 1,
    detail:
      'Not every source has said yet how far it has shipped. 2 shipped events have not arrived. ' +
      'Expected, and never heard of: gw9. 1 source says nothing of how far it is.',
  })
  expect(tellCompleteness({ shipped: [], silent: [] }).detail).toBe('No source has shipped anything yet.')
})
