import { proofShape } from '@forbruk/console/routes/operations.ts'
import { payerStatementShape } from '@forbruk/schemas/statement/payer-statement.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { OCTOBER, useInstallation } from '../../../test/support/close/close-october.ts'
import {
  countOctober,
  OCTOBER_END_MS,
  REGISTRY,
  writeRegistry,
} from '../../../test/support/close/counted-month.ts'
import { expectProblem, useConsole } from '../../../test/support/console/console.ts'

const { place, countAll, importAll, rows } = useInstallation()
const { open, openHeld, stop, get, post } = useConsole(place)
const CLOSE = '/v1/months/2026-10/close'

describe('closing', () => {
  test('a month answers what it came to, and again that nothing changed', async () => {
    await countAll()
    await open()
    const first = await post(CLOSE)
    expect(first.status).toBe(200)
    expect(await first.json()).toMatchObject({
      month: '2026-10',
      outcome: 'closed',
      revision: 1,
      statements: 3,
      forced: null,
      announced: 3,
    })
    expect(await (await post(CLOSE)).json()).toMatchObject({
      outcome: 'unchanged',
      revision: 1,
      announced: 0,
    })
    expect(await (await get('/v1/months')).json()).toMatchObject({
      months: [{ month: '2026-10', revision: 1, isLatest: true, statements: 3, forcedReason: null }],
    })
  })

  test('for trial records nothing, and needs no body where nothing is asked for', async () => {
    await countAll()
    await open()
    expect(await (await post(CLOSE, { dryRun: true })).json()).toMatchObject({
      outcome: 'dry_run',
      revision: null,
    })
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    expect(await (await post(CLOSE, '')).json()).toMatchObject({ outcome: 'closed' })
  })

  test('an incomplete month is a conflict that lists what is missing; a reason overrides it', async () => {
    await countOctober(place())
    place().clock.nowMs = OCTOBER_END_MS + 1
    await importAll()
    await open()
    const problem = await expectProblem(await post(CLOSE), 409, 'month_incomplete')
    expect(problem).toMatchObject({
      month: '2026-10',
      missing: [
        {
          kind: 'grace_running',
          detail: '2026-10 may still get late events; close it after 2026-11-01T23:00:00Z',
        },
      ],
      estimate: { notBefore: '2026-11-01T23:00:00.000Z' },
    })
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    const forced = await post(CLOSE, { force: { reason: 'the auditors <wait>' } })
    expect(await forced.json()).toMatchObject({
      outcome: 'closed',
      forced: { reason: 'the auditors <wait>' },
    })
    expect(await (await get('/v1/months/2026-10/statements/firma.html')).status).toBe(404)
    expect(await (await get('/v1/months/2026-10/statements/kunde.html')).text()).toContain(
      'the auditors &lt;wait&gt;',
    )
  })

  test('a closed month that would change through its registry asks for that by name', async () => {
    await countAll()
    await open()
    await post(CLOSE)
    const activations = REGISTRY['activations.csv'].replace('firma,shop,2026-01-01,\n', '')
    await writeRegistry(place().folder, { 'activations.csv': activations })
    await importAll(OCTOBER)
    const problem = await expectProblem(await post(CLOSE), 409, 'change_unaccepted')
    const payers = [{ payerId: 'byrå', cause: 'registry', amountNok: '-149.02' }]
    expect(problem).toMatchObject({
      month: '2026-10',
      revision: 1,
      unaccepted: [
        { cause: 'registry', amountNok: '-149.02', payableNok: '-149.00', payers, payersTotal: 1 },
      ],
    })
    expect(await (await post(CLOSE, { dryRun: true })).json()).toMatchObject({
      ...{ outcome: 'dry_run', unaccepted: ['registry'], payerChanges: payers, payerChangesTotal: 1 },
    })
    await expectProblem(await post(CLOSE, { accept: ['usage'] }), 400, 'request_malformed')
    expect(await (await post(CLOSE, { accept: ['registry'] })).json()).toMatchObject({ revision: 2 })
  })

  test('a month that waits for approval is announced once somebody approves what was seen', async () => {
    await countAll()
    await open({ wrap: close => request => close({ ...request, announce: 'after-approval' }) })
    expect(await (await post(CLOSE)).json()).toMatchObject({ outcome: 'closed', announced: 0, waiting: [1] })
    const month = { month: '2026-10', revision: 1, announcement: 'waiting', approvedBy: null }
    expect(await (await get('/v1/months')).json()).toMatchObject({ months: [month] })

    const path = '/v1/months/2026-10/announce'
    for (const body of [
      {},
      { revision: 1 },
      { revision: 1, actor: ' ' },
      { revision: 1, actor: 'Kari', topic: '' },
    ])
      await expectProblem(await post(path, body), 400, 'request_malformed')
    await expectProblem(await post(path, { revision: 2, actor: 'Kari' }), 404, 'not_found')
    expect(await (await post(path, { revision: 1, actor: 'Kari' })).json()).toEqual({
      approvals: [{ revision: 1, by: 'Kari' }],
      announced: 3,
    })
    expect(await (await post(path, { revision: 1, actor: 'Ola' })).json()).toEqual({
      approvals: [],
      announced: 0,
    })
    expect(await (await get('/v1/months')).json()).toMatchObject({
      months: [{ ...month, announcement: 'announced', approvedBy: 'Kari' }],
    })
  })

  test('a second close while one is running is a conflict', async () => {
    await countAll()
    const { begun, gate } = await openHeld()
    const first = post(CLOSE)
    await begun.promise
    await expectProblem(await post(CLOSE), 409, 'close_running')
    gate.resolve()
    expect((await first).status).toBe(200)
    expect((await post(CLOSE)).status).toBe(200)
  })

  test('what is being answered when the console stops is answered', async () => {
    await countAll()
    const { begun, gate } = await openHeld()
    const closing = post(CLOSE)
    await begun.promise
    const stopped = stop()
    gate.resolve()
    expect(await (await closing).json()).toMatchObject({ outcome: 'closed' })
    await stopped
    await expect(get('/v1/health')).rejects.toThrow()
  })
})

describe('statements', () => {
  const EVIL = `Firma <script>alert("x")</script> AS`
  beforeEach(async () => {
    await countOctober(place())
    await writeRegistry(place().folder, {
      'clients.csv': REGISTRY['clients.csv'].replace('Firma AS', `"${EVIL.replaceAll('"', '""')}"`),
    })
    await importAll()
    await open()
    await post(CLOSE)
  })

  test('are listed by payer, page by page', async () => {
    const first = await (await get('/v1/months/2026-10/statements?limit=1')).json()
    expect(first).toMatchObject({
      revision: 1,
      payers: [{ payerId: 'byrå', clients: 2, payableNok: '349.00' }],
    })
    const second = await get(`/v1/months/2026-10/statements?limit=1&after=${encodeURIComponent('byrå')}`)
    expect(await second.json()).toMatchObject({ payers: [{ payerId: 'kunde', clients: 1 }], next: 'kunde' })
    const third = await get('/v1/months/2026-10/statements?limit=1&after=kunde')
    expect(await third.json()).toMatchObject({ payers: [], next: null })
  })

  test('of a payer have its clients, their use by day and what it rests on', async () => {
    const answer = await get(`/v1/months/2026-10/statements/${encodeURIComponent('byrå')}`)
    const statement = payerStatementShape.parse(await answer.json())
    expect(statement.clients.map(each => [each.clientName, each.amountNok, each.requests])).toEqual([
      ['Byrå AS', '200.00', '0'],
      [EVIL, '149.02', '500041'],
    ])
    expect(statement.usage.days).toHaveLength(31)
    expect(statement.usage.days.filter(each => each.requests !== '0')).toEqual([
      { day: '2026-10-15', requests: '500041', bytes: '3' },
    ])
    expect(statement.usage).toMatchObject({ requestsSince: '0', bytesSince: '0' })
    expect(statement).toMatchObject({ number: '2026-10-r1-byrå', vat: { percent: '25', vatNok: '87.25' } })
  })

  test('rest on a proof of the month, which no payer is shown', async () => {
    const proof = proofShape.parse(await (await get('/v1/months/2026-10/proof?revision=1')).json())
    expect(proof.ranges).toEqual([{ partition: 0, firstOffset: '0', nextOffset: '11' }])
    const answer = await get(`/v1/months/2026-10/statements/${encodeURIComponent('byrå')}`)
    const statement = await answer.text()
    expect(statement).toContain(proof.contentHash)
    expect(statement).not.toMatch(/ranges|offset|gw1|gateway\.requests/i)
  })

  test('print as a page on which no name is markup', async () => {
    const answer = await get(`/v1/months/2026-10/statements/${encodeURIComponent('byrå')}.html`)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const page = await answer.text()
    expect(page).toContain('<html lang="nb">')
    const english = await get('/v1/months/2026-10/statements/kunde.html?language=en')
    expect(await english.text()).toContain('This is not an invoice')
    expect(page).not.toContain('<script')
    expect(page).toContain('Firma &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; AS')
  })

  const FILES = [
    ['csv', 'statement_lines', 'text/csv'],
    ['csv-excel', 'statement_lines', 'text/csv'],
    ['json', 'statements', 'application/json'],
    ['parquet', 'statement_adjustments', 'application/vnd.apache.parquet'],
  ] as const
  test('are a file in each format', async () => {
    for (const [format, table, type] of FILES) {
      const answer = await get(`/v1/months/2026-10/export?format=${format}&table=${table}`)
      expect(answer.headers.get('content-type')).toContain(type)
      const bytes = Buffer.from(await answer.arrayBuffer())
      if (format === 'csv') expect(bytes.toString().trimEnd().split('\n')).toHaveLength(7)
      if (format === 'csv-excel') expect(bytes.toString()).toMatch(/^\ufeff"month";.*\r\n[\s\S]*;0,017;0,02;/)
      if (format === 'json') expect(JSON.parse(bytes.toString())).toHaveLength(3)
      if (format === 'parquet') expect([bytes.subarray(0, 4), bytes.subarray(-4)].join()).toBe('PAR1,PAR1')
    }
  })

  const BAD_READS = [
    ['a payer that there is not', '/v1/months/2026-10/statements/nobody', 404, 'not_found'],
    ['a client that another pays for', '/v1/months/2026-10/statements/firma.html', 404, 'not_found'],
    ['a month that is open', '/v1/months/2026-09/statements', 404, 'not_found'],
    [
      'a language that there is not',
      '/v1/months/2026-10/statements/kunde.html?language=de',
      400,
      'request_malformed',
    ],
    ['the proof of a month that is open', '/v1/months/2026-09/proof', 404, 'not_found'],
    ['a revision that there is not', '/v1/months/2026-10/statements?revision=2', 404, 'not_found'],
    ['no month', '/v1/months/2026-13/statements', 400, 'request_malformed'],
    ['SQL for a month', "/v1/months/2026-10'%20OR%201/statements", 400, 'request_malformed'],
    ['SQL for a payer', "/v1/months/2026-10/statements/x'%20OR%20'1'='1", 404, 'not_found'],
    ['a revision that is none', '/v1/months/2026-10/statements?revision=two', 400, 'request_malformed'],
    ['too many payers', '/v1/months/2026-10/statements?limit=100000', 400, 'request_malformed'],
    ['a format that there is not', '/v1/months/2026-10/export?format=xlsx', 400, 'request_malformed'],
    ['a table that there is not', '/v1/months/2026-10/export?table=stream', 400, 'request_malformed'],
    ['a path that there is not', '/v1/nothing', 404, 'not_found'],
    ['a path that is no path', '/v1/months/%zz', 400, 'request_malformed'],
  ] as const
  test('that there are not, or that nobody can ask for so, are told apart', async () => {
    for (const [_what, path, status, kind] of BAD_READS) await expectProblem(await get(path), status, kind)
  })
})

describe('the registry', () => {
  const TABLES = {
    clients: REGISTRY['clients.csv'],
    partners: REGISTRY['partners.csv'],
    integrations: REGISTRY['integrations.csv'],
    activations: REGISTRY['activations.csv'],
  }
  beforeEach(() => open())

  test('is imported, from a month on', async () => {
    const answer = await post('/v1/registry', { ...TABLES, validFrom: '2026-10' })
    expect(await answer.json()).toEqual({
      outcome: 'imported',
      sequence: 1,
      validFrom: '2026-10',
      monthsBehind: [],
      clients: 3,
      partners: 1,
      integrations: 3,
      activations: 4,
    })
    expect(await (await post('/v1/registry', { ...TABLES, validFrom: '2026-10' })).json()).toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('with mistakes is refused whole, each named by file, line and column', async () => {
    const clients = `${TABLES.clients}ny,,ukjent,kanskje\n`
    const problem = await expectProblem(
      await post('/v1/registry', { ...TABLES, clients }),
      422,
      'registry_faulty',
    )
    expect(problem.faults).toContainEqual(
      expect.objectContaining({ file: 'clients.csv', line: 5, column: 'collective_invoice' }),
    )
    expect(await rows('SELECT * FROM registry_import')).toEqual([])
  })

  test('without a file, or with another, is told so', async () => {
    const { partners: _, ...some } = TABLES
    const problem = await expectProblem(await post('/v1/registry', some), 400, 'request_malformed')
    expect(problem.detail).toContain('partners')
    await expectProblem(await post('/v1/registry', { ...TABLES, more: '' }), 400, 'request_malformed')
    await expectProblem(
      await post('/v1/registry', { ...TABLES, validFrom: 'soon' }),
      400,
      'request_malformed',
    )
  })
})

describe('cases', () => {
  const CASE = `/v1/cases/${encodeURIComponent('firma/2026-10')}`
  const note = { kind: 'note', note: 'They <b>asked</b> for the log.' }

  test('are listed, read, and take steps that say which step they follow', async () => {
    await countAll()
    await open()
    await post(CLOSE)
    const list = await (await get('/v1/cases?state=open')).json()
    expect(list).toMatchObject({
      cases: expect.arrayContaining([expect.objectContaining({ caseId: 'firma/2026-10' })]),
    })
    expect(await (await get(CASE)).json()).toMatchObject({
      sequence: 1,
      state: 'open',
      steps: [{ kind: 'opened' }],
    })

    const first = await post(`${CASE}/steps`, { actor: 'Kari', expectedSequence: 1, action: note })
    expect(await first.json()).toMatchObject({
      sequence: 2,
      steps: [{}, { kind: 'noted', actor: 'Kari', note: note.note }],
    })
    const second = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 1, action: note })
    expect(await expectProblem(second, 409, 'case_refused')).toMatchObject({
      refusal: { kind: 'case_changed', follows: 1, found: 2 },
    })
    const decide = { kind: 'decide', outcome: 'charge', months: null, note: 'Agreed.' }
    const silent = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 2, action: decide })
    expect(await expectProblem(silent, 409, 'case_refused')).toMatchObject({
      refusal: { kind: 'not_contacted' },
    })
    const both = { ...decide, withoutContact: 'They wrote.', amountNok: '0.01', sharePercent: '50' }
    const wrong = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 2, action: both })
    await expectProblem(wrong, 400, 'request_malformed')
    const action = { ...decide, withoutContact: 'They wrote.', sharePercent: '50' }
    const third = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 2, action })
    expect(await third.json()).toMatchObject({ state: 'decided', months: [{ outcome: 'charge' }] })
    expect(await (await post(CLOSE)).json()).toMatchObject({ outcome: 'revised', revision: 2, announced: 3 })
  })

  test('that there are not, and steps that are none, are told so', async () => {
    await open()
    await expectProblem(await get('/v1/cases/nobody%2F2026-10'), 404, 'not_found')
    await expectProblem(await get('/v1/cases/nobody'), 404, 'not_found')
    const step = { actor: 'Kari', expectedSequence: 1, action: note }
    await expectProblem(await post(`${CASE}/steps`, step), 404, 'not_found')
    for (const wrong of [{ actor: '' }, { expectedSequence: undefined }, { action: { kind: 'erase' } }]) {
      await expectProblem(await post(`${CASE}/steps`, { ...step, ...wrong }), 400, 'request_malformed')
    }
  })
})
