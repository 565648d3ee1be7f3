import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findForeignTables, TABLE_OWNERS } from './find-foreign-tables.ts'
import { parseSource } from './source-files.ts'

test.each([
  ['services/close/gate/a.ts', "const sql = 'SELECT max(next_offset) FROM block_ledger'", [1]],
  [
    'services/close/gate/a.ts',
    'const sql = `\nSELECT source\nFROM (SELECT * FROM source_progress) AS p`',
    [3],
  ],
  [
    'services/close/gate/a.ts',
    'const sql = `SELECT ' + `\${list} FROM statement JOIN usage_rollup USING (client_id)\``,
    [1],
  ],
  ['services/close/gate/a.ts', "const sql = 'SELECT 1 WHERE x IN block_ledger'", [1]],
  ['services/close/gate/a.ts', "const sql = 'SELECT 1 FROM forbruk.stream FINAL'", [1]],
  ['services/close/gate/a.ts', "store.command('TRUNCATE TABLE `usage_rollup`')", [1]],
  ['services/alerts/judge/a.ts', "const sql = 'SELECT DISTINCT month FROM month_closes'", [1]],
  ['services/aggregator/run/a.ts', "store.command('INSERT INTO block_ledger SELECT 1')", [1]],
  ['services/cli/print/a.ts', "const sql = 'SELECT * FROM usage_alerts'", [1]],
  ['infra/ledger/a.ts', "const sql = 'SELECT client_id FROM statement'", [1]],
  ['services/close/gate/a.ts', "const sql = 'SELECT stream, statements FROM month_closes'", []],
  ['services/close/gate/a.ts', '// reads what comes FROM block_ledger', []],
  ['services/cli/print/a.ts', 'printLine(`more: forbruk sql "SELECT * FROM statements"`)', []],
  ['services/aggregator/run/a.ts', 'await insertValues(store, blockLedger, [row])', []],
  ['services/aggregator/run/a.test.ts', "store.command('DELETE FROM block_ledger')", []],
])('%s: %s', (path, text, lines) => {
  expect(findForeignTables([parseSource(path, text)]).map(({ line }) => line)).toEqual(lines)
})

test('every table and view of the store has an owner, and no other has', () => {
  const folder = fileURLToPath(new URL('../../infra/store/migrations/', import.meta.url))
  const made = globSync('*.sql', { cwd: folder }).flatMap(file => {
    const sql = readFileSync(`${folder}${file}`, 'utf8')
    return sql.match(/CREATE (?:TABLE IF NOT EXISTS|OR REPLACE VIEW) (\w+)/)?.[1] ?? []
  })
  // A view is made again where it gets more columns.
  const names = new Set([...made, 'schema_migration'])
  expect([...TABLE_OWNERS.keys()].toSorted()).toEqual([...names].toSorted())
})
