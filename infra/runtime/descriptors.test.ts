import { openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { explainDescriptors, isOutOfDescriptors, readDescriptorsMax } from './descriptors.ts'

test('the limit of this process is read', () => {
  const limit = readDescriptorsMax()
  expect(limit).toBeGreaterThan(0)
})

test('Node and the engine each say in their own words that no more files can be opened', () => {
  const ofNode = Object.assign(new Error("EMFILE: too many open files, scandir 'x'"), { code: 'EMFILE' })
  const ofEngine = new Error('Cannot open file x: , errno: 24, strerror: Too many open files')
  expect([ofNode, ofEngine].map(isOutOfDescriptors)).toEqual([true, true])
})

test('another failure is not taken for it', () => {
  expect(isOutOfDescriptors(new Error('Cannot open file x: , errno: 2, strerror: No such file'))).toBe(false)
  expect(isOutOfDescriptors(new Error('Cannot open file x: , errno: 240, strerror: ?'))).toBe(false)
  expect(isOutOfDescriptors(thrownBy(() => openSync('/no/such/file', 'r')))).toBe(false)
  expect(isOutOfDescriptors('errno: 24')).toBe(false)
})

test('what is said names the limit, what was expected and what to do', () => {
  expect(explainDescriptors(64)).toBe(
    'this process may have 64 files open at once; expected at least 1024. ' +
      'Raise the limit where it is started: `ulimit -n`, or LimitNOFILE= of its service',
  )
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('expected a failure')
}
