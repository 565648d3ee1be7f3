import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { believeAnyTime, forbruk } from '../../support/process/run-forbruk.ts'
import { type PageTable, readTables } from './read-tables.ts'
import { writeLogs, writeRegistries } from './write-inputs.ts'

/** The worked month of README.md, through the commands a user types, on real parts, by the published prices. */
const page = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const tables = readTables(page)
const kafkaBrokers = inject('kafkaBrokers')
const folder = mkdtempSync(join(tmpdir(), 'forbruk-worked-month-'))
const settings = {
  FORBRUK_DATA_DIR: join(folder, 'data'),
  LOG_LEVEL: 'warn',
  ...(kafkaBrokers === null
    ? {}
    : {
        KAFKA_BROKERS: kafkaBrokers.join(','),
        KAFKA_TOPIC: `gateway.requests.worked.${process.pid}`,
        KAFKA_PARTITIONS: '3',
      }),
}

function tableOf(heading: string): PageTable {
  const table = tables.get(heading)
  if (table === undefined) throw new Error(`README.md has no table under «${heading}»`)
  return table
}

/** The page's rows without the columns that are only for readers. */
function figuresOf(heading: string, columns: readonly string[]): string[] {
  return tableOf(heading).map(row => columns.map(column => row[column]).join(' | '))
}

async function query(sql: string): Promise<string[]> {
  const text = await forbruk(['sql', sql, '--format', 'TabSeparated'], settings)
  return text
    .trimEnd()
    .split('\n')
    .map(line => line.replaceAll('\t', ' | '))
}

const EXCEPTION_COLUMNS = ['exception', 'client', 'integration', 'requests', 'bytes']

const closeShape = z.object({
  outcome: z.string(),
  revision: z.number(),
  exceptions: z.array(
    z.object({
      kind: z.string(),
      clientId: z.string(),
      integrationId: z.string(),
      requests: z.string(),
      bytes: z.string(),
    }),
  ),
  rejected: z.array(z.unknown()),
})

type Closed = z.output<typeof closeShape>

const importFrom = (directory: string, ...options: string[]) =>
  forbruk(['registry', 'import', directory, ...options], settings)

/** Sends the lines of a table all the way, and closes the month. */
async function shipAndClose(heading: string): Promise<Closed> {
  for (const [source, path] of writeLogs(folder, tableOf(heading))) {
    await forbruk(['ship', '--format', 'nginx-json', '--source', source, path], settings)
  }
  await forbruk(['aggregate', '--until-caught-up'], settings)
  const { unaccepted } = JSON.parse(await forbruk(['close', '2026-03', '--dry-run', '--json'], settings))
  const accepting = unaccepted.length === 0 ? [] : ['--accept', unaccepted.join()]
  return closeShape.parse(JSON.parse(await forbruk(['close', '2026-03', ...accepting, '--json'], settings)))
}

function exceptionsOf(closed: Closed): string[] {
  return closed.exceptions.map(each =>
    [each.kind, each.clientId, each.integrationId, each.requests, each.bytes].join(' | '),
  )
}

/** `3592.00 payable, and 195.74 proposed`, of each revision. */
function sums(): Promise<string[]> {
  return query(`
    SELECT concat(toDecimalString(sum(payable_nok), 2), ' payable, and ',
                  toDecimalString(sum(proposed_nok), 2), ' proposed')
    FROM statements WHERE month = '2026-03' GROUP BY revision ORDER BY revision`)
}

const registries = writeRegistries(folder, tableOf('The registry'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the worked month', () => {
  let closed: Closed

  beforeAll(async () => {
    await believeAnyTime(settings)
    await importFrom(registries.other)
    await importFrom(registries.march, '--valid-from', '2026-03')
    await importFrom(registries.other, '--valid-from', '2026-04')
    closed = await shipAndClose('The log')
  })

  test('is closed, with nothing rejected', () => {
    expect(closed).toMatchObject({ outcome: 'closed', revision: 1, rejected: [] })
  })

  test('has the lines of the table', async () => {
    const lines = await query(`
      SELECT client_id, payer_id, item, integration_id, toString(quantity), unit, toString(unit_price_nok),
        toDecimalString(amount_nok, 2), status
      FROM statement_lines WHERE month = '2026-03' AND revision = 1 ORDER BY client_id, line`)
    const columns = ['client', 'payer', 'item', 'of', 'quantity', 'unit', 'price', 'amount (NOK)', 'status']
    expect(lines).toEqual(figuresOf('Lines', columns))
  })

  test('has the statements of the table', async () => {
    const statements = await query(`
      SELECT client_id, requests, bytes, metered_requests, metered_bytes, toDecimalString(payable_nok, 2),
        toDecimalString(proposed_nok, 2)
      FROM statements WHERE month = '2026-03' AND revision = 1 ORDER BY client_id`)
    const columns = [
      'client',
      'requests',
      'bytes',
      'counted requests',
      'counted bytes',
      'payable',
      'proposed',
    ]
    expect(statements).toEqual(figuresOf('Statements', columns))
  })

  test("has the payers' invoices of the table", async () => {
    const invoices = await query(`
      SELECT payer_id, arrayStringConcat(arraySort(groupArray(client_id)), ', '),
        toDecimalString(sum(payable_nok), 2), toDecimalString(sum(proposed_nok), 2)
      FROM statements WHERE month = '2026-03' AND revision = 1 GROUP BY payer_id ORDER BY payer_id`)
    expect(invoices).toEqual(figuresOf('Invoices', ['payer', 'clients', 'payable', 'proposed']))
  })

  test('has the exceptions of the table', () => {
    expect(exceptionsOf(closed)).toEqual(figuresOf('Exceptions', EXCEPTION_COLUMNS))
  })
})

describe('closed again after late lines and a corrected registry', () => {
  let closed: Closed

  beforeAll(async () => {
    await importFrom(registries.corrected, '--valid-from', '2026-03')
    closed = await shipAndClose('Late lines')
  })

  test('is revision 2, with the adjustments of the table', async () => {
    expect(closed).toMatchObject({ outcome: 'revised', revision: 2 })
    const adjustments = await query(`
      SELECT client_id, payer_id, item, toDecimalString(amount_before_nok, 2), toDecimalString(amount_after_nok, 2),
        toDecimalString(adjustment_nok, 2), toDecimalString(payable_nok, 2), arrayStringConcat(causes.cause, ', ')
      FROM statement_adjustments WHERE month = '2026-03' AND revision = 2 ORDER BY client_id, payer_id, item`)
    const columns = ['client', 'payer', 'item', 'before', 'after', 'adjustment', 'payable', 'because']
    expect(adjustments).toEqual(figuresOf('Adjustments', columns))
  })

  test('has settled the exception, and revision 1 is what it was', async () => {
    const [first, second] = await sums()
    const left = figuresOf('Exceptions', EXCEPTION_COLUMNS).filter(row => !row.includes('lind'))
    expect(exceptionsOf(closed)).toEqual(left)
    const text = page.replaceAll('\n', ' ')
    expect(text).toContain(`In all NOK ${first}.`)
    expect(text).toContain(`revision 2 comes to NOK ${second}.`)
  })
})
