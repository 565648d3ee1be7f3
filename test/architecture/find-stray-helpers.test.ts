import { expect, test } from 'vitest'
import { findStrayHelpers } from './find-stray-helpers.ts'
import { parseSource } from './source-files.ts'

test.each([
  ['services/close/sample.ts', 'services/close/rate.test.ts', 1],
  ['services/close/sample.ts', 'test/support/close/month.ts', 1],
  ['services/close/sample.ts', 'services/close/rate.ts', 0],
  ['test/support/sample.ts', 'services/close/rate.test.ts', 0],
])('%s, imported by %s alone', (path, importer, count) => {
  const files = [
    parseSource(path, 'export const a = 1'),
    parseSource(importer, `import { a } from '${away(importer)}${path}'`),
  ]
  expect(findStrayHelpers(files)).toHaveLength(count)
})

function away(path: string): string {
  return '../'.repeat(path.split('/').length - 1)
}
