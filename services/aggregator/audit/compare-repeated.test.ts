import type { RepeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { expect, test } from 'vitest'
import { compareRepeated } from './compare-repeated.ts'

const row = (offset: number, requestId: string, fields: Partial<RepeatedRequest> = {}): RepeatedRequest => ({
  ...{ stream: 't', hourMs: 0, idHash: 1n, partition: 0, offset, eventIndex: 0, requestId, appendTimeMs: 0 },
  ...{ source: 'gw', clientId: 'fjord', integrationId: '', statusClass: '2xx', requestBytes: 1 },
  ...{ responseBytes: 1, isKnown: true },
  ...fields,
})
const compare = (
  found: readonly RepeatedRequest[],
  kept: readonly RepeatedRequest[],
  startOffset = 0,
  damaged: readonly string[] = [],
): string[] =>
  compareRepeated(found, kept, { startOffsets: [startOffset], damaged: new Set(damaged) }).map(
    ({ place, message }) => `${place}: ${message}`,
  )

test('what is kept of repeated request ids is what the log has', () => {
  const pair = [row(4, 'a'), row(9, 'a')]
  expect(compare(pair, pair)).toEqual([])
  expect(compare(pair, [row(4, 'a')])).toEqual([
    'partition 0, offset 9, request id a: repeated in the log, and not kept as such',
  ])
  expect(compare(pair, [row(4, 'a'), row(9, 'a', { clientId: 'fjell' })])[0]).toContain('fjell')
  expect(compare([], pair)).toHaveLength(2)
  expect(compare([], pair)[0]).toContain('offset 4, request id a: kept as repeated; the log has it once')
})

test('what the log has lost, or holds damaged, stands as it is kept, and so does what was the same as it', () => {
  expect(compare([], [row(4, 'a'), row(9, 'a')], 5)).toEqual([])
  expect(compare([], [row(4, 'a'), row(9, 'a')], 0, ['0 9 0'])).toEqual([])
  // Of an occurrence that is settled beyond what is looked at, the others are kept already.
  expect(compare([row(4, 'b'), row(9, 'b')], [row(4, 'b'), row(9, 'b'), row(12, 'b')])).toEqual([])
})
