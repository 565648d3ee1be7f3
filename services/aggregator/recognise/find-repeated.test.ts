import type { IdentityPlace } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { RepeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findRepeated, keyOf } from './find-repeated.ts'

const HOUR_MS = 3_600_000

function place(offset: number): IdentityPlace {
  return { hourMs: HOUR_MS, idHash: 5n, partition: offset % 3, offset, eventIndex: 0 }
}

function occurrence(offset: number, requestId: string): RepeatedRequest {
  return {
    ...{ ...place(offset), stream: 't', requestId, appendTimeMs: 1, source: 'gw', clientId: 'fjord' },
    ...{ integrationId: '', statusClass: '2xx', requestBytes: 1, responseBytes: 1, isKnown: true },
  }
}

/** By offset, the id that stands there; null where the log has lost it. */
function find(ids: readonly (string | null)[]) {
  const known = ids.flatMap((id, offset) => (id === null ? [] : [occurrence(offset, id)]))
  const found = findRepeated(
    't',
    ids.map((_, offset) => place(offset)),
    new Map(known.map(row => [keyOf(row), row])),
  )
  const offsetsOf = (isKnown: boolean) =>
    found.filter(row => row.isKnown === isKnown).map(({ offset }) => offset)
  return { repeated: offsetsOf(true).sort((one, other) => one - other), unknown: offsetsOf(false) }
}

test.each([
  [['a', 'b'], [], []],
  [['a', 'a', 'b', 'a'], [0, 1, 3], []],
  [['a', null], [], [1]],
  [
    ['a', null, 'a', null],
    [0, 2],
    [1, 3],
  ],
])('of %j at one hash repeated are %j, and unknown %j', (ids, repeated, unknown) => {
  expect(find(ids)).toEqual({ repeated, unknown })
})

test('a hash never makes one of two ids', () => {
  const id = fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: null })
  fc.assert(
    fc.property(fc.array(id, { maxLength: 12 }), ids => {
      const isRepeated = (_: unknown, offset: number) =>
        ids[offset] !== null && ids.filter(other => other === ids[offset]).length > 1
      const offsets = ids.map((_, offset) => offset)
      expect(find(ids).repeated).toEqual(offsets.filter(isRepeated))
    }),
  )
})
