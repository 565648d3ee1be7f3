import { expect, test } from 'vitest'
import { findLongLines } from './find-long-lines.ts'
import { parseSource } from './source-files.ts'

test.each([
  ['// '.padEnd(120, 'x'), []],
  ['// '.padEnd(121, 'x'), [1]],
  [`const sql = \`\n${'SELECT'.padEnd(130, '_')}\``, [2]],
])('%s', (text, lines) => {
  expect(findLongLines([parseSource('services/close/a.ts', text)]).map(({ line }) => line)).toEqual(lines)
})
