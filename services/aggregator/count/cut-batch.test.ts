import fc from 'fast-check'
import { expect, test } from 'vitest'
import { record } from '../../../test/support/aggregator/fold-records.ts'
import { cutBatch } from './cut-batch.ts'

const batch = (sizes: readonly number[], step = 1) => ({
  partition: 3,
  records: sizes.map((size, index) => record(10 + index * step, size === 0 ? null : Buffer.alloc(size))),
  nextOffset: 10 + sizes.length * step,
  endOffset: 999,
})

test('a batch is cut where it has too many records or bytes, and says where the next part begins', () => {
  const parts = [...cutBatch(batch([5, 5, 5, 20, 1, 1], 2), { records: 3, bytes: 10 })]
  expect(parts.map(part => [part.records.map(each => each.value?.length), part.nextOffset])).toEqual([
    [[5, 5], 14],
    [[5], 16],
    [[20], 18],
    [[1, 1], 22],
  ])
  expect(parts.every(part => part.partition === 3 && part.endOffset === 999)).toBe(true)
})

test('a small one stays whole, and so does one without records', () => {
  for (const whole of [batch([1, 2]), batch([])]) {
    expect([...cutBatch(whole, { records: 9, bytes: 9 })]).toEqual([whole])
  }
})

test('bytes that many records share count as the part that each has', () => {
  const bytes = Buffer.alloc(1_000)
  const shared = batch([0, 0, 0]).records.map(each => ({ ...each, valueRange: { bytes, start: 0, end: 4 } }))
  expect([...cutBatch({ ...batch([]), records: shared }, { records: 9, bytes: 8 })].length).toBe(2)
})

test('the parts of any batch are its records in order, within the bounds unless one record is larger', () => {
  const sizes = fc.array(fc.nat(30), { maxLength: 40 })
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 40 }),
      (all, records, bytes) => {
        const whole = batch(all)
        const parts = [...cutBatch(whole, { records, bytes })]
        expect(parts.flatMap(part => part.records)).toEqual(whole.records)
        expect(parts.at(-1)?.nextOffset).toBe(whole.nextOffset)
        for (const part of parts) {
          const sum = part.records.reduce((total, { value }) => total + (value?.length ?? 0), 0)
          expect(part.records.length).toBeLessThanOrEqual(records)
          expect(sum <= bytes || part.records.length === 1).toBe(true)
        }
      },
    ),
  )
})
