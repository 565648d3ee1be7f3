import { expect, test } from 'vitest'
import { describeFault } from './fault.ts'
import { RULES } from './rules.ts'
import { readSourceFiles } from './source-files.ts'

const files = readSourceFiles()

test('all files are looked at', () => {
  expect(files.length).toBeGreaterThan(400)
})

/** Nothing is judged by it: each rule ends by itself, all regular expressions looked into in half a minute. */
const TIMEOUT_MS = 600_000

test.each(Object.entries(RULES))(
  '%s',
  (_, find) => {
    expect(find(files).map(describeFault)).toEqual([])
  },
  TIMEOUT_MS,
)
