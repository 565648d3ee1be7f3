import { expect, test } from 'vitest'
import { describeFault } from './fault.ts'
import { RULES } from './rules.ts'
import { readSourceFiles } from './source-files.ts'

const files = readSourceFiles()

test('all files are looked at', () => {
  expect(files.length).toBeGreaterThan(400)
})

test.each(Object.entries(RULES))('%s', (_, find) => {
  expect(find(files).map(describeFault)).toEqual([])
})
