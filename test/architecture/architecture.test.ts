import { expect, test } from 'vitest'
import { describeFault } from './fault.ts'
import { RULES } from './rules.ts'
import { readSourceFiles } from './source-files.ts'
import { STILL_TO_MEND } from './still-to-mend.ts'

const files = readSourceFiles()
const stillToMend: Readonly<Record<string, readonly string[]>> = STILL_TO_MEND

test('all files are looked at', () => {
  expect(files.length).toBeGreaterThan(400)
})

test.each(Object.entries(RULES))('%s', (rule, find) => {
  const faults = find(files)
  const listed = stillToMend[rule] ?? []
  expect(faults.filter(({ path }) => !listed.includes(path)).map(describeFault)).toEqual([])
  const mended = listed.filter(path => !faults.some(fault => fault.path === path))
  expect(mended, 'these are mended: take them out of still-to-mend.ts').toEqual([])
})
