import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { HEAD_BYTES_MAX, identifyFile } from './identify-file.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

test.each([
  ['first\nsecond\n', false, 'first', 6],
  ['first\nsec', false, 'first', 6],
  ['first', true, 'first', 5],
  ['\n\r\nfirst\n', false, 'first', 9],
  ['\n\n', true, '\n\n', 2],
])('%j is known by %s', (text, atEnd, line, headBytes) => {
  expect(identifyFile(Buffer.from(text), atEnd)).toEqual({ file: digest(line), headBytes })
})

test.each([
  ['', true],
  ['', false],
  ['firs', false],
  ['\n\n', false],
])('%j (at its end: %j) is not known yet', (text, atEnd) => {
  expect(identifyFile(Buffer.from(text), atEnd)).toBeNull()
})

test('of a very long first line 64 KiB are enough', () => {
  const start = 'x'.repeat(HEAD_BYTES_MAX)
  const expected = { file: digest(start), headBytes: HEAD_BYTES_MAX }
  expect(identifyFile(Buffer.from(start), false)).toEqual(expected)
  expect(identifyFile(Buffer.from(`${start}yyy\nz`), true)).toEqual(expected)
})
