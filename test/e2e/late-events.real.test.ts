import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** Events that come after the month was closed: its statements stay, and the next revision says what they change. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-late-'))
const settings = {
  FORBRUK_DATA_DIR: join(folder, 'data'),
  FORBRUK_TARIFF: fileURLToPath(new URL('../../demo/tariff.json', import.meta.url)),
  LOG_LEVEL: 'warn',
}
const query = async (sql: string) =>
  JSON.parse(await forbruk(['sql', sql, '--format', 'JSONColumns'], settings))

/** So many requests of one client within an hour, 100 bytes each; the last line of a file is of the month after. */
function writeLog(name: string, clientId: string, requests: number): string {
  const line = (msec: number, client: string) =>
    JSON.stringify({
      msec: `${msec}.000`,
      // A file is known by its first line.
      path: name,
      client_id: client,
      integration_id: 'shop',
      status: '200',
      request_length: 40,
      bytes_sent: 60,
    })
  const middle = Date.parse('2026-10-15T12:00:00Z') / 1000
  const lines = Array.from({ length: requests }, (_, index) => line(middle + (index % 3_600), clientId))
  const path = join(folder, name)
  writeFileSync(path, `${[...lines, line(Date.parse('2026-11-03T00:00:00Z') / 1000, 'other')].join('\n')}\n`)
  return path
}

async function count(file: string): Promise<void> {
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', file], settings)
  await forbruk(['aggregate', '--until-caught-up'], settings)
}

beforeAll(async () => {
  const tables = {
    'clients.csv':
      'client_id,name,partner_id,collective_invoice\n' +
      'bureau,Bureau AS,,no\nfirm,Firm AS,bureau,yes\nother,Other AS,,no\n',
    'partners.csv': 'partner_id,name\nbureau,Bureau AS\n',
    'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\n',
    'activations.csv':
      'client_id,integration_id,active_from,active_until\nfirm,shop,2026-01-01,\nother,shop,2026-01-01,\n',
  }
  for (const [name, text] of Object.entries(tables)) writeFileSync(join(folder, name), text)
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', folder], settings)
  await count(writeLog('first.log', 'firm', 10_010))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('late events make r2 with the difference they make, and leave r1 as it was', async () => {
  await forbruk(['close', '2026-10'], settings)
  const r1 = await query('SELECT * EXCEPT is_latest FROM statement_lines ORDER BY client_id, line')
  // 10 above the allowance at 0.017.
  expect(r1.amount_nok).toEqual([149, 0.17, 149])

  await count(writeLog('late.log', 'firm', 90))
  const { code, stdout } = await runForbruk(['close', '2026-10'], settings)
  expect(code).toBe(0)
  expect(stdout).toContain('2026-10 is closed as r2, which differs from r1')
  expect(stdout).toMatch(/usage +\+90 requests, \+9000 bytes +1 +\+1\.53 +0\.00/)

  expect(
    await query('SELECT * EXCEPT is_latest FROM statement_lines WHERE revision = 1 ORDER BY client_id, line'),
  ).toEqual(r1)
  expect(
    await query(`
      SELECT client_id, payer_id, item, quantity_before, quantity_after, amount_before_nok, amount_after_nok,
          adjustment_nok, payable_nok, causes.cause AS cause, causes.detail AS detail
      FROM statement_adjustments WHERE revision = 2`),
  ).toEqual({
    client_id: ['firm'],
    payer_id: ['bureau'],
    item: ['overage_requests'],
    quantity_before: [10],
    quantity_after: [100],
    amount_before_nok: [0.17],
    amount_after_nok: [1.7],
    adjustment_nok: [1.53],
    // Proposed, until the dialogue over it is decided.
    payable_nok: [0],
    cause: [['usage']],
    detail: [['+90 requests, +9000 bytes']],
  })
  expect(await query('SELECT DISTINCT revision, is_latest FROM statements ORDER BY revision')).toEqual({
    revision: [1, 2],
    is_latest: [0, 1],
  })

  const again = JSON.parse((await runForbruk(['close', '2026-10', '--json'], settings)).stdout)
  expect(again).toMatchObject({ outcome: 'unchanged', revision: 2 })
})

test('a changed price is told apart from late events of its time, and what is payable is an adjustment', async () => {
  await count(writeLog('later.log', 'other', 1))
  const tariff = join(folder, 'tariff.json')
  const text = readFileSync(settings.FORBRUK_TARIFF, 'utf8')
  writeFileSync(tariff, text.replace('"pricePerMonth": "149"', '"pricePerMonth": "159"'))
  const dearer = { ...settings, FORBRUK_TARIFF: tariff }
  expect(await runForbruk(['close', '2026-10'], dearer)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(
      'by NOK 20.00 in 2 lines, of which NOK 20.00 payable: Bureau AS NOK 10.00',
    ),
  })
  const { unaccepted } = JSON.parse(await forbruk(['close', '2026-10', '--dry-run', '--json'], dearer))
  await forbruk(['close', '2026-10', '--accept', unaccepted.join()], dearer)
  expect(
    await query(`
      SELECT payer_id, item, adjustment_nok, payable_nok, causes.cause AS cause
      FROM statement_adjustments WHERE revision = 3 ORDER BY payer_id`),
  ).toEqual({
    payer_id: ['bureau', 'other'],
    item: ['access_external', 'access_external'],
    adjustment_nok: [10, 10],
    payable_nok: [10, 10],
    cause: [['tariff'], ['tariff']],
  })
  expect(await query('SELECT changes.cause AS causes FROM month_closes WHERE revision = 3')).toEqual({
    causes: [['usage', 'tariff']],
  })
})
