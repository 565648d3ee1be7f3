import { expect, test } from 'vitest'
import { hashText } from './hash-text.ts'

test.each([
  ['', 0],
  ['hello', 0x248bfa47],
  ['hello, world', 0x149bbb7f],
  ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
])('%j has the hash that every MurmurHash3 gives it', (text, hash) => {
  expect(hashText(Buffer.from(text)) >>> 0).toBe(hash)
})
