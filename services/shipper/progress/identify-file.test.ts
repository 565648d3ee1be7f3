import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { HEAD_BYTES_MAX, readStart } from './identify-file.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

test.each([
  ['first\nsecond\n', false, 'first', 6],
  ['first\nsec', false, 'first', 6],
  ['first', true, 'first', 5],
  ['\n\r\nfirst\n', false, 'first', 9],
  ['\n\n', true, '\n\n', 2],
])('%j is known by %s', (text, atEnd, line, headBytes) => {
  expect(readStart(Buffer.from(text), atEnd)).toMatchObject({ file: digest(line), headBytes })
})

test.each([
  ['', true],
  ['', false],
  ['firs', false],
  ['\n\n', false],
])('%j (at its end: %j) is not known yet', (text, atEnd) => {
  expect(readStart(Buffer.from(text), atEnd)).toBeNull()
})

test('of a very long first line 64 KiB are enough', () => {
  const start = 'x'.repeat(HEAD_BYTES_MAX)
  const expected = { file: digest(start), headBytes: HEAD_BYTES_MAX }
  expect(readStart(Buffer.from(start), false)).toMatchObject(expected)
  expect(readStart(Buffer.from(`${start}yyy\nz`), true)).toMatchObject(expected)
})
