import { expect, test } from 'vitest'
import { makePrintable } from './make-printable.ts'

test('what a terminal would obey is shown, line ends and tabs stay', () => {
  expect(makePrintable('a\tb\nÆrlig 你好 🐟')).toBe('a\tb\nÆrlig 你好 🐟')
  expect(makePrintable('\u001b]0;owned\u0007\u001b[2J')).toBe('\\u001b]0;owned\\u0007\\u001b[2J')
  expect(makePrintable('\r\u009b31m\u202egro')).toBe('\\u000d\\u009b31m\\u202egro')
})
