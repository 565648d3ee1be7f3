import { expect, test } from 'vitest'
import { describeFault } from './fault.ts'
import { RULES } from './rules.ts'
import { readSourceFiles } from './source-files.ts'

const files = readSourceFiles()

test('all files are looked at', () => {
  expect(files.length).toBeGreaterThan(400)
})

/** Of all regular expressions each is looked into. */
const TIMEOUT_MS = 120_000

test.each(Object.entries(RULES))(
  '%s',
  (_, find) => {
    expect(find(files).map(describeFault)).toEqual([])
  },
  TIMEOUT_MS,
)
