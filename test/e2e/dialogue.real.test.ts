import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'
import { type KillableStore, startKillableStore } from '../support/store/killable-store.ts'

/** A case from opened to decided by the commands an analyst types, on a store that many processes share. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-dialogue-'))
const settings: Record<string, string> = {
  FORBRUK_DATA_DIR: join(folder, 'data'),
  FORBRUK_TARIFF: join(folder, 'tariff.json'),
  LOG_LEVEL: 'warn',
}
const ID = 'acme/2026-10'
let store: KillableStore

function line(time: string, clientId: string): string {
  const msec = (Date.parse(time) / 1000).toFixed(3)
  const fields = {
    msec,
    client_id: clientId,
    integration_id: 'shop',
    method: 'GET',
    path: '/v1/orders',
    status: '200',
  }
  return `${JSON.stringify({ ...fields, request_length: 100, bytes_sent: 900 })}\n`
}

async function writeInputs(): Promise<void> {
  const october = Array.from({ length: 12 }, (_, index) =>
    line(`2026-10-14T1${index % 2}:00:0${index % 10}Z`, 'acme'),
  )
  const lines = [...october, line('2026-10-15T08:00:00Z', 'beta'), line('2026-11-02T08:00:00Z', 'acme')]
  writeFileSync(join(folder, 'access.log'), lines.join(''))
  await mkdir(join(folder, 'registry'))
  const tables = {
    clients: 'client_id,name,partner_id,collective_invoice\nacme,Acme AS,,no\nbeta,Beta AS,,no\n',
    partners: 'partner_id,name\n',
    integrations: 'integration_id,name,kind\nshop,Shop,external\n',
    activations:
      'client_id,integration_id,active_from,active_until\nacme,shop,2026-01-01,\nbeta,shop,2026-01-01,\n',
  }
  for (const [name, text] of Object.entries(tables))
    writeFileSync(join(folder, 'registry', `${name}.csv`), text)
  const published = fileURLToPath(new URL('../../schemas/tariff/default-tariff.json', import.meta.url))
  const tariff = JSON.parse(readFileSync(published, 'utf8'))
  delete tariff.$schema
  tariff.versions.at(-1).consumption.allowance = { requests: 10, gigabytes: '1' }
  tariff.versions.at(-1).consumption.pricePerRequest = '3.5'
  writeFileSync(join(folder, 'tariff.json'), JSON.stringify(tariff))
}

const readJson = async (...args: string[]) => JSON.parse(await forbruk([...args, '--json'], settings))

beforeAll(async () => {
  await writeInputs()
  store = await startKillableStore(join(folder, 'store'), join(folder, 'store.txt'))
  settings.CLICKHOUSE_URL = store.url
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', join(folder, 'registry')], settings)
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', join(folder, 'access.log')], settings)
  await forbruk(['aggregate', '--until-caught-up'], settings)
})
afterAll(async () => {
  await store?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the close opens a case, once', async () => {
  expect(await forbruk(['case', 'list'], settings)).toBe('no cases\n')
  expect(await forbruk(['close', '2026-10'], settings)).toContain(
    'dialogue cases: 1 opened (forbruk case list)',
  )
  expect((await readJson('close', '2026-10')).cases).toEqual({
    opened: [],
    monthAdded: [],
    evidenceChanged: [],
    exceeded: [],
  })
  expect(await readJson('case', 'list', '--state', 'open')).toMatchObject([
    {
      caseId: ID,
      clientName: 'Acme AS',
      months: ['2026-10'],
      overageRequests: '2',
      proposedNok: '7.00',
      steps: 1,
    },
  ])
})

test('it is contacted, and shown with what it is about', async () => {
  await forbruk(
    ['case', 'contact', ID, '--note', 'called them; they\nlook into it', '--actor', 'kari'],
    settings,
  )
  const shown = await forbruk(['case', 'show', ID], settings)
  for (const text of [
    'case acme/2026-10, Acme AS: open',
    '2026-10, by r1: 2 requests above 10, NOK 7.00 (proposed)',
    '2026-10-14 12:00 +02:00',
    'opened for 2026-10: 2 requests above 10, NOK 7.00',
  ]) {
    expect(shown).toContain(text)
  }
  expect(shown).toMatch(
    /2 +20\d\d-\d\d-\d\d \d\d:\d\d +kari +contacted *\n +called them; they *\n +look into it/,
  )
})

test('of processes that decide at once one is done, the others are refused', async () => {
  const decide = (outcome: string, actor: string) =>
    runForbruk(['case', 'decide', ID, outcome, '--note', 'as agreed', '--actor', actor], settings)
  const ended = await Promise.all([
    decide('charge', 'kari'),
    decide('waive', 'ola'),
    decide('reduced-usage', 'per'),
  ])
  expect(ended.map(each => each.code).toSorted()).toEqual([0, 3, 3])
  for (const { code, stderr } of ended) {
    if (code === 3)
      expect(stderr).toMatch(/^forbruk: case acme\/2026-10 stays as it is: (it has changed|2026-10 is dec)/)
  }
  expect((await readJson('case', 'show', ID)).steps).toHaveLength(3)
})

test('what was decided holds: on the view, against other steps, and at the next close', async () => {
  const [known] = await readJson('case', 'list', '--state', 'decided')
  expect(known).toMatchObject({ caseId: ID, state: 'decided', steps: 3, contacts: 1 })
  const sql = "SELECT state, decision, months, steps FROM dialogue_cases WHERE client_id = 'acme'"
  expect(await forbruk(['sql', sql, '--format', 'TabSeparated'], settings)).toBe(
    `decided\t${known.decision}\t['2026-10']\t3\n`,
  )
  const refused = await runForbruk(['case', 'contact', ID, '--note', 'x'], settings)
  expect([refused.code, refused.stderr]).toEqual([
    3,
    `forbruk: case ${ID} stays as it is: it is decided; a note can be added, or it can be reopened\n`,
  ])
  const noted = await readJson('case', 'note', ID, '--note', 'filed')
  expect(noted.steps.at(-1)).toMatchObject({ kind: 'noted', note: 'filed', sequence: 4 })

  const { outcome, revision, statements } = await readJson('close', '2026-10')
  expect([outcome, revision]).toEqual(['revised', 2])
  const overage = statements[0].lines.filter((each: { item: string }) => each.item === 'overage_requests')
  expect(overage).toMatchObject([
    { amountNok: '7.00', status: known.decision === 'charge' ? 'payable' : 'waived' },
  ])
})

test('a decision is taken back, part of the amount agreed on, and a note says when to come back to it', async () => {
  await forbruk(['case', 'reopen', ID, '--note', 'wrong'], settings)
  await forbruk(['case', 'note', ID, '--note', 'call', '--follow-up', '2026-12-01'], settings)
  const above = await runForbruk(
    ['case', 'decide', ID, 'charge', '--note', 'x', '--amount-nok', '7.01'],
    settings,
  )
  expect([above.code, above.stderr]).toEqual([
    3,
    `forbruk: case ${ID} stays as it is: NOK 7.00 is proposed for 2026-10; expected at most that\n`,
  ])
  await forbruk(['case', 'decide', ID, 'charge', '--note', 'agreed', '--share', '50'], settings)
  expect(await readJson('case', 'list')).toMatchObject([
    { chargedNok: '3.50', followUp: '2026-12-01', notOnStatement: ['2026-10'], payerName: 'Acme AS' },
  ])
  expect(await forbruk(['case', 'list'], settings)).toMatch(
    /2026-10 +the client +\d{4}-\d\d-\d\d +2026-12-01 +\d+/,
  )
  expect((await readJson('close', '2026-10')).summary.payableNok).toBe('301.50')
})

test.each([
  [['case', 'decide', ID, 'waive', '--note', 'x', '--share', '5'], /go with charge alone/],
  [
    ['case', 'decide', ID, 'charge', '--note', 'x', '--share', '101'],
    /expected per cent above 0, at most 100/,
  ],
  [['case', 'show', 'beta/2026-10'], /there is no case beta\/2026-10: its client has none/],
  [['case', 'show', 'acme'], /"acme" is no case id; expected/],
  [['case', 'contact', ID], /required option '--note <text>'/],
  [['case', 'contact', ID, '--note', '\u001b[2J'], /expected text of 1 to 2000 characters without control/],
  [['case', 'decide', ID, 'forgive', '--note', 'x'], /Allowed choices are charge, waive, reduced-usage/],
  [['case', 'decide', ID, 'waive', '--note', 'x', '--month', '2026-1'], /expected a month as YYYY-MM/],
])('%j is wrong usage', async (args, message) => {
  const { code, stderr } = await runForbruk(args, settings)
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
})
