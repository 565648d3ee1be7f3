import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberColumn, rowsOf, TextColumn } from './column-block.ts'

const wide = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1))
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('', '\0', 'ø'.repeat(64), 'x'.repeat(127), 'x'.repeat(128), 'x'.repeat(20_000)),
)

test('rows come out as they were put in, whatever their size', () => {
  const row = fc.record({ name: text, kind: fc.nat(255), hour: fc.nat(2 ** 32 - 1), count: wide })
  fc.assert(
    fc.property(fc.array(row), rows => {
      const name = new TextColumn('name', rows.length)
      const kind = new NumberColumn('kind', 'UInt8', rows.length)
      const hour = new NumberColumn('hour', 'UInt32', rows.length)
      const count = new NumberColumn('count', 'UInt64', rows.length)
      for (const each of rows) {
        // Within more bytes than its own, as names stand.
        const bytes = Uint8Array.from(Buffer.from(`<${each.name}>`))
        name.add(new DataView(bytes.buffer), 1, bytes.length - 1)
        kind.add(each.kind)
        hour.add(each.hour)
        count.add(each.count)
      }
      expect(rowsOf({ rows: rows.length, columns: [name, kind, hour, count] })).toEqual(rows)
    }),
    { numRuns: 300 },
  )
})

test('texts are the same, whole or from the bytes around them', () => {
  fc.assert(
    fc.property(fc.array(text), texts => {
      const [whole, within] = [new TextColumn('name', 0), new TextColumn('name', 0)]
      for (const each of texts) {
        whole.addText(each)
        const bytes = Uint8Array.from(Buffer.from(`<${each}>`))
        within.add(new DataView(bytes.buffer), 1, bytes.length - 1)
      }
      expect(Buffer.from(whole.bytes)).toEqual(Buffer.from(within.bytes))
    }),
    { numRuns: 300 },
  )
})

test('a column of one value has it in each row', () => {
  const columns = [TextColumn.of('name', 'ø', 3), NumberColumn.of('count', 'UInt64', 2 ** 40, 3)]
  expect(rowsOf({ rows: 3, columns })).toEqual(
    Array.from({ length: 3 }, () => ({ name: 'ø', count: 2 ** 40 })),
  )
})

test.each([
  ['UInt8', 256],
  ['UInt32', 2 ** 32],
  ['UInt64', 2 ** 53],
  ['UInt64', -1],
  ['UInt64', 0.5],
  ['UInt64', Number.NaN],
] as const)('a number that would not be stored exactly is refused: %s of %d', (type, value) => {
  const column = new NumberColumn('n', type, 1)
  expect(() => column.add(value)).toThrow(
    `"n" can't hold ${value} exactly: expected a whole number from 0 to`,
  )
})
