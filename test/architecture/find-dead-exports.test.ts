import { expect, test } from 'vitest'
import { findDeadExports } from './find-dead-exports.ts'
import { parseSource } from './source-files.ts'

const EXPORTING = 'export interface A {}\nexport const b = 1\nexport function c() {}'

function deadIn(path: string, importing: Record<string, string>): string[] {
  const files = [
    parseSource(path, EXPORTING),
    ...Object.entries(importing).map(([at, text]) => parseSource(at, text)),
  ]
  const faults = findDeadExports(files).filter(fault => fault.path === path)
  return faults.map(({ line, message }) => `${line} ${message.slice(0, message.indexOf('.'))}`)
}

test.each([
  [{}, ['1 A is exported and imported nowhere', '2 b is exported', '3 c is exported']],
  [{ 'infra/b.ts': "import { type A, b } from './a.ts'" }, ['3 c is exported and imported nowhere']],
  [{ 'infra/b.ts': "import * as all from './a.ts'" }, []],
  [{ 'infra/b.ts': "const { b } = await import('./a.ts')" }, []],
  [{ 'services/close/b.ts': "export { A, b } from '@forbruk/infra/a.ts'" }, ['3 c is exported']],
  [
    { 'infra/a.test.ts': "import { type A, b, c } from './a.ts'" },
    ['2 b is exported for tests alone', '3 c is exported for tests alone'],
  ],
  [{ 'test/support/b.ts': "import * as all from '../../infra/a.ts'" }, ['2 b is exported for tests', '3 c']],
])('of a source file whose importers are %j', (importing, dead) => {
  expect(deadIn('infra/a.ts', importing)).toEqual(dead.map(each => expect.stringContaining(each)))
})

test('what tests share is used by tests', () => {
  const importing = { 'infra/b.test.ts': "import { type A, b } from '../test/support/a.ts'" }
  expect(deadIn('test/support/a.ts', importing)).toEqual(['3 c is exported and imported nowhere'])
})

test('what a codec of the wire exports is for readers of the topic', () => {
  expect(deadIn('schemas/wire/usage-alert-codec.ts', {})).toEqual([])
})
