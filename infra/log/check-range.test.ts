import { expect, test } from 'vitest'
import { positionError, rangeError } from './check-range.ts'

const place = { topic: 'requests', partition: 3 }
const bounds = { startOffset: 10, endOffset: 20 }

test.each([10, 15, 20])('reading can go on at %i of [10, 20)', offset => {
  expect(positionError(place, offset, bounds)).toBeNull()
})

test('offsets that were deleted are named as a range', () => {
  expect(positionError(place, 4, bounds)?.message).toContain(
    'Partition 3 of "requests" no longer holds the offsets [4, 10)',
  )
})

test('an offset beyond the end asks whether the topic was re-created', () => {
  expect(positionError(place, 21, bounds)?.message).toContain('ends before offset 21: it holds [10, 20)')
})

test.each([-1, 1.5, 2 ** 53, Number.NaN])('%s is no offset', offset => {
  expect(positionError(place, offset, bounds)?.message).toContain(`can't be read from offset ${offset}`)
})

test('a range is read in full or not at all', () => {
  expect(rangeError(place, 10, 20, bounds)).toBeNull()
  expect(rangeError(place, 9, 20, bounds)?.message).toContain('[9, 10)')
  expect(rangeError(place, 10, 21, bounds)?.message).toContain('ends before offset 21')
  expect(rangeError(place, 15, 14, bounds)?.message).toContain('the range ends before it starts')
})
