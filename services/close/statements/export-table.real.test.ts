import { EVERYTHING } from '@forbruk/schemas/access/scope.ts'
import { parse } from 'csv-parse/sync'
import { beforeEach, expect, test } from 'vitest'
import { OCTOBER, useInstallation } from '../../../test/support/close/close-october.ts'
import { REGISTRY, writeRegistry } from '../../../test/support/close/counted-month.ts'
import { exportTable, exportTableUpTo } from './export-table.ts'
import { findRevision } from './find-revision.ts'

const { place, close, importAll, countAll } = useInstallation()
const FORMULA = '=HYPERLINK("http://example.com";"Ås")'

async function exported(format: 'csv' | 'csv-excel', table: 'statement_lines' | 'statement_adjustments') {
  const stated = await findRevision(place().store, '2026-10', null)
  if (stated === null) throw new Error('October is open')
  return (await exportTable(place().store, stated, table, format)).toString()
}

/** October closed with a formula for a name, and again with a line less. */
beforeEach(async () => {
  await countAll()
  const clients = REGISTRY['clients.csv'].replace('"Kunde, stor"', `"${FORMULA.replaceAll('"', '""')}"`)
  await writeRegistry(place().folder, { 'clients.csv': clients })
  await importAll(OCTOBER)
  await close()
  const activations = REGISTRY['activations.csv'].replace('kunde,shop,2026-10-31,\n', '')
  await writeRegistry(place().folder, { 'clients.csv': clients, 'activations.csv': activations })
  await importAll(OCTOBER)
  await close({ accept: ['registry'] })
})

test('in CSV no name is a formula, what is given back is a negative number; Excel gets a decimal comma', async () => {
  const adjustment = { client_name: `'${FORMULA}`, item: 'access_external', payable_nok: '-149' }
  const rows = parse(await exported('csv', 'statement_adjustments'), { columns: true })
  expect(rows).toContainEqual(expect.objectContaining(adjustment))

  const forExcel = await exported('csv-excel', 'statement_adjustments')
  expect(forExcel).toMatch(/^\ufeff"month";"revision";.*\r\n/)
  const options = { columns: true, bom: true, delimiter: ';' } as const
  expect(parse(forExcel, options)).toContainEqual(expect.objectContaining(adjustment))
  const lines = parse(await exported('csv-excel', 'statement_lines'), options)
  const overage = { client_id: 'firma', unit_price_nok: '0,017', amount_nok: '0,02' }
  expect(lines).toContainEqual(expect.objectContaining(overage))
})

test.each(['csv', 'parquet'] as const)('a file of more rows than may be held is none: %s', async format => {
  const { store } = place()
  const stated = await findRevision(store, '2026-10', null)
  if (stated === null) throw new Error('October is open')
  const rows = parse(await exported('csv', 'statement_lines'), { columns: true }).length
  const upTo = (rowsMax: number) =>
    exportTableUpTo(rowsMax, store, stated, 'statement_lines', format, EVERYTHING)
  expect(await upTo(rows - 1)).toBeNull()
  expect(await upTo(rows)).toEqual(await exportTable(store, stated, 'statement_lines', format))
})
