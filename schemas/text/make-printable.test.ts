import { expect, test } from 'vitest'
import { makePrintable } from './make-printable.ts'

test('what a terminal would obey is shown, line ends and tabs stay', () => {
  expect(makePrintable('a\tb\nÆrlig 你好 🐟')).toBe('a\tb\nÆrlig 你好 🐟')
  expect(makePrintable('\u001b]0;owned\u0007\u001b[2J')).toBe('\\u001b]0;owned\\u0007\\u001b[2J')
  expect(makePrintable('\r\u009b31m\u202egro\u2028')).toBe('\\u000d\\u009b31m\\u202egro\\u2028')
})

test('what was JSON says the same', () => {
  const said = { client: 'a\u009b\u202e\u2066b\u001b[2J\u007f' }
  const shown = makePrintable(JSON.stringify(said))
  expect(shown).toMatch(/^[ -~]+$/)
  expect(JSON.parse(shown)).toEqual(said)
})
