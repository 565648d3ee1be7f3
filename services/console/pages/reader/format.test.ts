import { expect, test } from 'vitest'
import { createFormat, localeOf } from './format.ts'

const nb = createFormat('nb-NO')
const en = createFormat('en-GB')
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test('counts and money stay exact beyond what a number holds', () => {
  expect(en.count('9007199254740993')).toBe('9,007,199,254,740,993')
  expect(plain(en.nok('90071992547409.93'))).toBe('NOK 90,071,992,547,409.93')
  expect(plain(nb.nok('137.16'))).toBe('137,16 kr')
  expect(nb.oneDecimal('100.0')).toBe('100,0')
})

test.each([
  ['0', '0 B'],
  ['999', '999 B'],
  ['1000', '1 kB'],
  ['19528691', '19.5 MB'],
  ['1774483308', '1.77 GB'],
])('%s bytes are %s', (bytes, words) => {
  expect(en.bytes(bytes)).toBe(words)
})

test('days and months are those that are named, wherever the reader is; instants are those of Oslo', () => {
  expect(nb.month('2026-10')).toBe('oktober 2026')
  expect(en.day('2026-10-01')).toBe('1 October')
  expect(nb.clock('2026-10-24T22:00:00Z')).toBe('00:00')
  expect(nb.clock('2026-10-25T23:00:00Z')).toBe('00:00')
})

test("English is the reader's own", () => {
  expect(localeOf('en', ['nb-NO', 'en-US'])).toBe('en-US')
  expect(localeOf('en', ['nb-NO'])).toBe('en-GB')
  expect(localeOf('nb', ['en-US'])).toBe('nb-NO')
})
