import { TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteTable } from './byte-table.ts'

function rangeOf(text: string, hash: number): [DataView, TextRange] {
  const bytes = Buffer.from(text)
  const range = new TextRange()
  range.set(0, bytes.length, hash)
  return [new DataView(bytes.buffer, bytes.byteOffset, bytes.length), range]
}

test('numbers texts as a Map would, whatever their hashes, and anew after it was cleared', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 6 })
  fc.assert(
    fc.property(
      fc.array(fc.array(text, { maxLength: 400 }), { maxLength: 3 }),
      fc.integer({ min: 0, max: 3 }),
      (rounds, bits) => {
        const table = new ByteTable()
        // Few hashes for many texts: equal hashes must not make texts equal.
        const hashOf = (each: string) => each.length & bits
        for (const texts of rounds) {
          const numbers = new Map<string, number>()
          for (const each of texts) {
            const [texts, range] = rangeOf(each, hashOf(each))
            expect(table.find(texts, range)).toBe(numbers.get(each) ?? -1)
            if (!numbers.has(each)) numbers.set(each, numbers.size)
            expect(table.add(texts, range)).toBe(numbers.get(each))
          }
          expect(table.size).toBe(numbers.size)
          for (const [each, number] of numbers) expect(table.text(number)).toBe(each)
          table.clear()
        }
      },
    ),
  )
})

test('grows far beyond its first size', () => {
  const table = new ByteTable()
  const texts = Array.from({ length: 20_000 }, (_, index) => `client-${index}`)
  for (const [index, text] of texts.entries()) table.add(...rangeOf(text, Math.imul(index, 0x9e3779b1)))
  expect(texts.every((text, index) => table.text(index) === text)).toBe(true)
})
