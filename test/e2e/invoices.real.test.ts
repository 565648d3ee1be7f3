import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPage } from '../support/close/read-page.ts'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** A closed month as pages, EHF and CSV by the commands that an accountant types, on embedded parts. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-invoices-'))
const settings: Record<string, string> = {
  FORBRUK_DATA_DIR: join(folder, 'data'),
  FORBRUK_SELLER: fileURLToPath(new URL('../../schemas/seller/example-seller.json', import.meta.url)),
  LOG_LEVEL: 'warn',
}
const out = join(folder, 'ehf')
const exportAs = (format: string, ...more: string[]) => [
  'statements',
  'export',
  '2026-10',
  '--format',
  format,
  ...more,
]

function writeRegistry(betaCountry: string): string {
  const tables = {
    clients: `client_id,name,partner_id,collective_invoice,organisation_number,country
acme,=Acme AS,,no,310000027,NO
beta,Beta AS,,no,310000035,${betaCountry}
`,
    partners: 'partner_id,name\n',
    integrations: 'integration_id,name,kind\nshop,Shop,external\n',
    activations:
      'client_id,integration_id,active_from,active_until\nacme,shop,2026-01-01,\nbeta,shop,2026-01-01,\n',
  }
  const directory = join(folder, 'registry')
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of Object.entries(tables)) writeFileSync(join(directory, `${name}.csv`), text)
  return directory
}

function line(time: string): string {
  const fields = { msec: (Date.parse(time) / 1000).toFixed(3), client_id: 'acme', integration_id: 'shop' }
  const request = { method: 'GET', path: '/v1/orders', status: '200', request_length: 100, bytes_sent: 900 }
  return `${JSON.stringify({ ...fields, ...request })}\n`
}

beforeAll(async () => {
  writeFileSync(
    join(folder, 'access.log'),
    ['2026-10-14T10:00:00Z', '2026-11-02T08:00:00Z'].map(line).join(''),
  )
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', writeRegistry('')], settings)
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', join(folder, 'access.log')], settings)
  await forbruk(['aggregate', '--until-caught-up'], settings)
  await forbruk(['close', '2026-10'], settings)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('who lacks something is refused, and nothing is written', async () => {
  const { code, stderr } = await runForbruk(exportAs('ehf', '--out', out), settings)
  expect(stderr).toBe(
    'forbruk: 2026-10 r1 is not invoiced: 1 of its payers lacks what an EHF must say. ' +
      'Fill in these columns of clients.csv and import the registry again:\n  Beta AS (beta): country\n',
  )
  expect(code).toBe(3)
  expect(readdirSync(out)).toEqual([])
})

test('filled in, each payer has a document', async () => {
  await forbruk(['registry', 'import', writeRegistry('NO')], settings)
  expect(await forbruk(exportAs('ehf', '--out', out), settings)).toBe(
    `2026-10 r1: 2 invoices and 0 credit notes in ${out}\n`,
  )
  expect(readdirSync(out).sort()).toEqual(['2026-10-r1-acme.xml', '2026-10-r1-beta.xml'])
  const xml = readFileSync(join(out, '2026-10-r1-acme.xml'), 'utf8')
  expect(xml).toContain('<cbc:PayableAmount currencyID="NOK">186.25</cbc:PayableAmount>')
})

test('a seller is needed, and its mistakes are named', async () => {
  const without = await runForbruk(exportAs('ehf', '--out', out), { ...settings, FORBRUK_SELLER: '' })
  expect(without).toMatchObject({ code: 2 })
  expect(without.stderr).toMatch(/^forbruk: FORBRUK_SELLER is not set: expected the file of who invoices/)

  const path = join(folder, 'seller.json')
  writeFileSync(path, '{"name":"Eksempel AS"}')
  const wrong = await runForbruk(exportAs('ehf', '--out', out), { ...settings, FORBRUK_SELLER: path })
  expect(wrong).toMatchObject({ code: 1 })
  expect(wrong.stderr).toContain('$.account is missing; expected a bank account as text')
})

test('a page for each payer, in Norwegian unless English is asked for', async () => {
  const pages = join(folder, 'pages')
  const print = ['statements', 'print', '2026-10', '--out', pages]
  expect(await forbruk(print, settings)).toBe(`2026-10 r1: 2 pages in ${pages}\n`)
  await forbruk([...print, '--payer', 'acme', '--language', 'en'], settings)
  const files = ['2026-10-r1-acme.en.html', '2026-10-r1-acme.html', '2026-10-r1-beta.html']
  expect(readdirSync(pages).sort()).toEqual(files)
  const [english = '', norwegian = ''] = files.map(each => readPage(readFileSync(join(pages, each), 'utf8')))
  expect(norwegian).toContain('Dette er ikke en faktura')
  expect(norwegian).toContain(
    'Eksempel API AS Storgata 1 0155 Oslo Org.nr. 310 000 019 MVA, Foretaksregisteret',
  )
  expect(norwegian).toContain('Å betale, med mva. 186,25 kr')
  expect(english).toContain('Payable, inclusive of VAT NOK 186.25')
  expect(norwegian + english).not.toMatch(/gateway\.requests|\bgw\b/)
  const other = await runForbruk([...print, '--language', 'nn'], settings)
  expect(other).toMatchObject({ code: 2 })
  expect(other.stderr).toContain('Allowed choices are nb, en.')
  await forbruk(print, { ...settings, FORBRUK_SELLER: '' })
  expect(readPage(readFileSync(join(pages, '2026-10-r1-acme.html'), 'utf8'))).toContain(
    'Alle beløp er i norske kroner (NOK) og uten merverdiavgift.',
  )
})

test('the proof of the month has what the pages leave out', async () => {
  const text = await forbruk(['statements', 'proof', '2026-10'], settings)
  expect(text).toMatch(/^2026-10 r1, made 20/)
  expect(text).toMatch(/\n {2}partition \d: 0 to \d/)
  expect(text).toContain('Sources gw: format nginx-json')
  const proof = JSON.parse(await forbruk(['statements', 'proof', '2026-10', '--json'], settings))
  expect(proof).toMatchObject({ month: '2026-10', revision: 1, stream: 'gateway.requests', forced: null })
  expect(text).toContain(`content hash  ${proof.contentHash}`)
  expect(await runForbruk(['statements', 'proof', '2026-09'], settings)).toMatchObject({ code: 2 })
})

test('a table is no invoice', async () => {
  const refused = await runForbruk(exportAs('ehf', '--out', out, '--table', 'statements'), settings)
  expect(refused).toMatchObject({ code: 2 })
  expect(refused.stderr).toContain('expected no --table with --format ehf')
})

test('as CSV, plain and for Excel, no name is a formula', async () => {
  const plain = await forbruk(exportAs('csv', '--table', 'statement_lines'), settings)
  expect(plain).toContain(`"acme","'=Acme AS","acme",1,"access_external"`)
  expect(await forbruk(['sql', 'SELECT client_name FROM statements', '--format', 'CSV'], settings)).toBe(
    `"'=Acme AS"\n"Beta AS"\n`,
  )
  await forbruk(exportAs('csv-excel', '--out', join(folder, 'excel')), settings)
  const lines = readFileSync(join(folder, 'excel', 'statement_lines-2026-10.csv'), 'utf8')
  expect(lines).toMatch(/^\ufeff"month";"revision";/)
  expect(lines).toContain(`"acme";"'=Acme AS";"acme";1;"access_external"`)
})
