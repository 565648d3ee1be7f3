import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const FOLDER = 'services/aggregator/count/'
const root = fileURLToPath(new URL('../../', import.meta.url))
const IMPORT = /^import (?:type )?[^']*'([^']+)'/gm

/** What counting must not import: I/O, its neighbours, and of `infra` anything but types. */
function findImpure(text: string): string[] {
  return [...text.matchAll(IMPORT)]
    .filter(([statement, target = '']) => {
      const isOfInfra = target.startsWith('@forbruk/infra/') && !statement.startsWith('import type ')
      return isOfInfra || target.startsWith('../') || target.startsWith('node:')
    })
    .map(([statement]) => statement)
}

test('count/ is pure: no I/O, nothing of run/, resume/ and audit/, and of infra only types', () => {
  const files = globSync(`${FOLDER}*.ts`, { cwd: root }).filter(path => !path.endsWith('.test.ts'))
  expect(files.length).toBeGreaterThan(10)
  const impure = files.flatMap(path =>
    findImpure(readFileSync(`${root}${path}`, 'utf8')).map(found => `${path}: ${found}`),
  )
  expect(impure).toEqual([])
})

test.each([
  ["import { usageRows } from '../run/rows.ts'", 1],
  ["import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'", 0],
  ["import { blockLedger } from '@forbruk/infra/store/tables/block-ledger.ts'", 1],
  ["import {\n  blockLedger,\n  type LedgerBlock,\n} from '@forbruk/infra/store/tables/block-ledger.ts'", 1],
  ["import { readFileSync } from 'node:fs'", 1],
  [
    "import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'\nimport { Admission } from './admit.ts'",
    0,
  ],
])('%s has %i impure imports', (text, count) => {
  expect(findImpure(text)).toHaveLength(count)
})
