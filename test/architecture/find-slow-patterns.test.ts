import { expect, test } from 'vitest'
import { findSlowPatterns } from './find-slow-patterns.ts'
import { parseSource } from './source-files.ts'

const find = (text: string, path = 'schemas/event/a.ts') => findSlowPatterns([parseSource(path, text)])

test.each([
  ['a search that begins anew at each character', String.raw`const A = /\s+$/`],
  [
    'what looked like a secret, in release 0.2.0',
    String.raw`const A = /((?:cookie)[\w-]*\\*["']?\s*[:=]\s*)x/gi`,
  ],
  ['one made of constant texts', "const B = '[a-z]+'\nconst A = new RegExp(`$\u007bB}x`, 'g')"],
  ['one within another', 'const A = /^(a+)+$/'],
  ['one that looks ahead, which is no automaton', String.raw`const A = /\s+(?=:)/`],
])('%s is slow', (_, text) => {
  expect(find(text)).toHaveLength(1)
})

test('one that only the running program knows is a fault', () => {
  const [fault] = find('const a = (name: string) =>\n  new RegExp(name)')
  expect(fault).toMatchObject({ line: 2, message: expect.stringContaining('only the running program knows') })
})

test.each([
  ['const A = /^[a-z]+$/'],
  [String.raw`const A = /"(?:\\.|[^"\\])*"?/g`],
  ["const B = '[a-z]+'\nconst A = RegExp(`^$\u007bB}x` + 'y')"],
])('%s is linear', text => expect(find(text)).toEqual([]))

test('those of tests are no matter', () => {
  expect(find(String.raw`const A = /\s+$/`, 'schemas/event/a.test.ts')).toEqual([])
})
