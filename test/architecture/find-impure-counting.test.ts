import { expect, test } from 'vitest'
import { findImpureCounting } from './find-impure-counting.ts'
import { parseSource } from './source-files.ts'

test.each([
  ["import { setTimeout } from 'node:timers/promises'", 1],
  ["import { usageRows } from '../run/rows.ts'", 1],
  ["import type { Row } from '../run/rows.ts'", 1],
  ["import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'", 0],
  ["import { blockLedger, type LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'", 1],
  [
    "import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'\nimport { Admission } from './admit.ts'",
    0,
  ],
])('%s: %i of it impure', (text, count) => {
  expect(findImpureCounting([parseSource('services/aggregator/count/a.ts', text)])).toHaveLength(count)
  expect(findImpureCounting([parseSource('services/aggregator/count/a.test.ts', text)])).toEqual([])
  expect(findImpureCounting([parseSource('services/aggregator/run/a.ts', text)])).toEqual([])
})
