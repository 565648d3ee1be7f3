import { expect, test } from 'vitest'
import { findCoercedValues } from './find-coerced-values.ts'
import { parseSource } from './source-files.ts'

test.each([
  ['services/close/gate/a.ts', 'const shape = z.object({\n  next_offset: z.coerce.number(),\n})', [2]],
  ['infra/ledger/a.ts', 'const count = z.coerce\n  .bigint()', [1]],
  ['services/console/routes/a.ts', 'const limit = z.coerce.number()', [1]],
  ['services/close/gate/a.test.ts', 'const count = z.coerce.number()', []],
  ['services/close/gate/a.ts', 'const shape = shapeOf({ nextOffset: safeCount })', []],
])('%s: %s', (path, text, lines) => {
  expect(findCoercedValues([parseSource(path, text)]).map(({ line }) => line)).toEqual(lines)
})
