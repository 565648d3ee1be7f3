import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRows, RowEncoder } from './row-encoder.ts'

const number = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.constantFrom(0, 9, 10, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1),
)
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', 'ø', 'a') }),
)

test('rows are JSON, value for value what was put in, whatever their size', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ name: text, count: number, other: text })), rows => {
      const encoder = new RowEncoder(['name', 'count', 'other'], rows.length)
      for (const { name, count, other } of rows) {
        // Within more bytes than its own, as names stand.
        const bytes = Uint8Array.from(Buffer.from(`"${name}"${other}\\`))
        const texts = new DataView(bytes.buffer)
        const nameEnd = 1 + Buffer.byteLength(name)
        encoder.startRow()
        encoder.text(texts, 1, nameEnd)
        encoder.number(count)
        encoder.text(texts, nameEnd + 1, bytes.length - 1)
        encoder.endRow()
      }
      const encoded = encoder.finish()
      expect(encoded.rows).toBe(rows.length)
      expect(decodeRows(encoded)).toEqual(rows)
    }),
    { numRuns: 300 },
  )
})

test.each([-1, 0.5, Number.NaN, 2 ** 53])(
  'a number that would not be stored exactly is refused: %d',
  value => {
    const encoder = new RowEncoder(['n'], 0)
    encoder.startRow()
    expect(() => encoder.number(value)).toThrow(`${value} can't be stored exactly`)
  },
)
