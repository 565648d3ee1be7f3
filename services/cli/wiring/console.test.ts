import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Closer, type ClosingParts, closeAndAnnounce } from '@forbruk/close/close-and-announce.ts'
import { oneAtATime } from '@forbruk/close/schedule/one-at-a-time.ts'
import { type ConsoleSettings, openConsole } from '@forbruk/console/open-console.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { payerStatementShape } from '@forbruk/schemas/statement/payer-statement.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import {
  countOctober,
  OCTOBER_END_MS,
  REGISTRY,
  writeRegistry,
} from '../../../test/support/close/counted-month.ts'
import { createConsoleOperations } from './console-operations.ts'
import { readTariffFile } from './read-tariff-file.ts'

/** A console on a free port over a real store and log, asked over real HTTP. */
const { place, countAll, importAll, rows } = useInstallation()
const TOKEN = 'a-token-of-some-length'

let logged = ''
let url = ''
let stop = async (): Promise<void> => {}

async function open(
  settings: Partial<ConsoleSettings> = {},
  wrap: (close: Closer) => Closer = close => close,
): Promise<void> {
  const { store, log, folder, clock } = place()
  const statementsLog = openEmbeddedLog({
    path: join(folder, 'log.sqlite'),
    topic: 'billing.statements',
    partitionCount: 1,
    clock: () => clock.nowMs,
  })
  const closing: ClosingParts = {
    openStore: async () => store,
    openLog: async () => log,
    statementsTopic: 'billing.statements',
    openStatementsLog: async () => statementsLog,
    readTariff: () => readTariffFile(null),
    clock: () => clock.nowMs,
  }
  const close = oneAtATime(wrap(request => closeAndAnnounce(closing, request)))
  const operations = createConsoleOperations({
    store,
    close,
    timeZone: 'Europe/Oslo',
    clock: () => clock.nowMs,
  })
  const listen = { host: '127.0.0.1', port: 0 }
  const keep = (line: string) => {
    logged += line
  }
  const logger = pino({ level: 'debug' }, { write: keep })
  const opened = await openConsole({ listen, token: null, logger, ...settings }, operations)
  url = opened.url
  stop = async () => {
    stop = async () => {}
    await opened.close()
    await statementsLog.close()
  }
}

/** Opened with a close that says when it has begun, and goes on when the gate is opened. */
async function openHeld() {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  await open({}, close => async request => {
    begun.resolve()
    await gate.promise
    return close(request)
  })
  return { gate, begun }
}

beforeEach(() => {
  logged = ''
})
afterEach(() => stop())

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers })
const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** An answer that is a problem as RFC 9457 has it, and shows nothing of the program's inside. */
async function expectProblem(
  answer: Response,
  status: number,
  kind: string,
): Promise<Record<string, unknown>> {
  const text = await answer.text()
  expect([new URL(answer.url).pathname, answer.status]).toEqual([expect.any(String), status])
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  const problem = JSON.parse(text)
  expect(problem).toMatchObject({ type: `urn:forbruk:problem:${kind}`, status, title: expect.any(String) })
  expect(text).not.toMatch(/node_modules|\.ts:|at .*\(/)
  return problem
}

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
    expect(statement.proof.ranges).toEqual([{ partition: 0, firstOffset: '0', nextOffset: '11' }])
  })

  test('print as a page on which no name is markup', async () => {
    const answer = await get(`/v1/months/2026-10/statements/${encodeURIComponent('byrå')}.html`)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const page = await answer.text()
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
    const third = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 2, action: decide })
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

describe('bad input', () => {
  const BAD_WRITES: readonly [string, string, string, Record<string, string>, number][] = [
    ['no month', '/v1/months/october/close', '{}', {}, 400],
    ['malformed JSON', CLOSE, '{"dryRun":', {}, 400],
    ['a list', CLOSE, '[]', {}, 400],
    ['another type of value', CLOSE, '{"dryRun":"yes"}', {}, 400],
    ['an unknown key', CLOSE, '{"dry_run":true}', {}, 400],
    ['force without a reason', CLOSE, '{"force":{"reason":"  "}}', {}, 400],
    ['a key that reaches into prototypes', CLOSE, '{"__proto__":{"dryRun":true}}', {}, 400],
    ['a body that is too large', CLOSE, `{"force":{"reason":"${'x'.repeat(70_000)}"}}`, {}, 413],
    ['a form', CLOSE, 'dryRun=true', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', CLOSE, '{}', { 'content-type': 'text/plain' }, 415],
  ]
  test('is refused, and closes nothing', async () => {
    await countAll()
    await open()
    for (const [_what, path, body, headers, status] of BAD_WRITES) {
      await expectProblem(await post(path, body, headers), status, 'request_malformed')
    }
    expect(await rows('SELECT * FROM month_close')).toEqual([])
  })

  test('what is no HTTP is refused, and the console goes on', async () => {
    await open()
    const { port } = new URL(url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'))
      socket
        .setEncoding('utf8')
        .once('data', text => resolve(String(text)))
        .once('error', reject)
    })
    expect(answer).toContain('400 Bad Request')
    expect((await get('/v1/health')).status).toBe(200)
  })
})

describe('who is let in', () => {
  /** `fetch` sets Host itself. */
  const statusBy = (headers: Record<string, string>, method = 'GET', path = '/v1/months') =>
    new Promise<number>((resolve, reject) => {
      httpRequest(`${url}${path}`, { method, headers }, answer => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
        .once('error', reject)
        .end()
    })

  test('a page elsewhere is not, by name or by origin', async () => {
    await countAll()
    await open()
    expect(await statusBy({ host: 'rebound.example' })).toBe(403)
    const json = { 'content-type': 'application/json' }
    expect(await statusBy({ ...json, origin: 'https://elsewhere.example' }, 'POST', CLOSE)).toBe(403)
    expect(await statusBy({ ...json, 'sec-fetch-site': 'cross-site' }, 'POST', CLOSE)).toBe(403)
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    expect(await statusBy({ ...json, origin: url }, 'POST', CLOSE)).toBe(200)
  })

  test('with a token set, writes need it, and it is never logged', async () => {
    await countAll()
    await open({ token: TOKEN })
    expect((await get('/v1/months')).status).toBe(200)
    const refused = await post(CLOSE)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    await expectProblem(refused, 401, 'token_missing')
    await expectProblem(await post(CLOSE, {}, { authorization: `Bearer ${TOKEN}x` }), 401, 'token_missing')
    expect((await post(CLOSE, {}, { authorization: `Bearer ${TOKEN}` })).status).toBe(200)
    expect(logged).toContain('"route":"/v1/months/:month/close"')
    expect(logged).not.toContain(TOKEN)
  })

  test('no address that others reach is listened on without a token', async () => {
    await expect(open({ listen: { host: '0.0.0.0', port: 0 } })).rejects.toThrow(/FORBRUK_API_TOKEN/)
  })

  test('a port that is taken is named, with what to do', async () => {
    await open()
    const listen = { host: '127.0.0.1', port: Number(new URL(url).port) }
    const first = stop
    await expect(open({ listen })).rejects.toThrow(/is in use.*FORBRUK_LISTEN/)
    await first()
  })
})

test('the API describes itself', async () => {
  await open()
  const document = z
    .object({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
    .parse(await (await get('/openapi.json')).json())
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths).toSorted()).toEqual([
    '/v1/cases',
    '/v1/cases/{id}',
    '/v1/cases/{id}/steps',
    '/v1/health',
    '/v1/months',
    '/v1/months/{month}/close',
    '/v1/months/{month}/export',
    '/v1/months/{month}/statements',
    '/v1/months/{month}/statements/{payer}',
    '/v1/months/{month}/statements/{payer}.html',
    '/v1/registry',
  ])
})
