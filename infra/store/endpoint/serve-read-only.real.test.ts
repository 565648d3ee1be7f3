import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import type { Store } from '../store.ts'
import { type ReadOnlyEndpoint, serveReadOnly } from './serve-read-only.ts'

const database = 'forbruk'
const warnings: string[] = []
const logger = { warn: (message: string) => void warnings.push(message) }

let root: string
let secret: string
let store: Store
let endpoint: ReadOnlyEndpoint

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'forbruk-endpoint-'))
  secret = join(root, 'secret.csv')
  await writeFile(secret, '"s3cret"\n')
  store = await openStore({ kind: 'embedded', path: join(root, 'store'), database })
  await store.command(
    'CREATE TABLE usage (client String, requests UInt64) ENGINE = MergeTree ORDER BY client',
  )
  await store.insert('usage', [
    { client: 'a', requests: 1 },
    { client: 'b', requests: 18_446_744_073_709_551_615n },
  ])
  endpoint = await serveReadOnly({ path: join(root, 'store'), database, host: '127.0.0.1', port: 0, logger })
})
afterAll(async () => {
  await endpoint.close()
  await store.close()
  await rm(root, { recursive: true })
})

/** A query in the body, as most clients send it. */
async function ask(sql: string, parameters: Record<string, string> = {}, init: RequestInit = {}) {
  const url = `${endpoint.url}/?${new URLSearchParams(parameters)}`
  const response = await fetch(url, { method: 'POST', body: sql, ...init })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** Without fetch's own unpacking. */
function askRaw(parameters: Record<string, string>, headers: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${endpoint.url}/?${new URLSearchParams(parameters)}`, { headers }, response => {
      const chunks: Buffer[] = []
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => resolve(Buffer.concat(chunks)))
    })
    sent.on('error', reject).end()
  })
}

const ALL = 'SELECT client, requests FROM usage ORDER BY client'

describe('ClickHouse’s HTTP protocol', () => {
  it('answers health checks', async () => {
    for (const path of ['/ping', '/', '/replicas_status']) {
      const response = await fetch(endpoint.url + path)
      expect([response.status, await response.text()]).toEqual([200, 'Ok.\n'])
    }
    expect((await fetch(`${endpoint.url}/play`)).status).toBe(404)
    expect((await fetch(endpoint.url, { method: 'PUT', body: 'x' })).status).toBe(501)
  })

  it('takes the query from the URL, the body, or both', async () => {
    const fromUrl = await fetch(`${endpoint.url}/?query=${encodeURIComponent(ALL)}`)
    expect(await fromUrl.text()).toBe('a\t1\nb\t18446744073709551615\n')
    expect((await ask(ALL)).text).toBe('a\t1\nb\t18446744073709551615\n')
    expect((await ask('FROM usage', { query: 'SELECT count()' })).text).toBe('2\n')
  })

  it('answers in the format of the clause, the header or the URL, in this order', async () => {
    const answer = await ask(
      ALL,
      { default_format: 'CSV' },
      { headers: { 'X-ClickHouse-Format': 'JSONEachRow' } },
    )
    expect(answer.text).toBe('{"client":"a","requests":1}\n{"client":"b","requests":18446744073709551615}\n')
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=UTF-8')
    expect(answer.headers.get('x-clickhouse-format')).toBe('JSONEachRow')
    const csv = await ask(`${ALL} LIMIT 1 FORMAT CSVWithNames`, { default_format: 'JSON' })
    expect(csv.text).toBe('"client","requests"\n"a",1\n')
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=UTF-8; header=present')
    expect((await ask(`${ALL} LIMIT 1`, { default_format: 'CSV' })).text).toBe('"a",1\n')
  })

  it('says in headers what a server says', async () => {
    const { headers } = await ask(ALL, { query_id: 'panel-7' })
    expect(headers.get('x-clickhouse-query-id')).toBe('panel-7')
    expect(headers.get('x-clickhouse-timezone')).toBe('UTC')
    expect(headers.get('x-clickhouse-server-display-name')).not.toBeNull()
    expect(JSON.parse(headers.get('x-clickhouse-summary') ?? '')).toMatchObject({
      result_rows: '2',
      written_rows: '0',
    })
  })

  it('binds parameters and sets settings for the one request', async () => {
    const answer = await ask('SELECT {a:String}, {b:UInt64}, {c:Nullable(String)}, {d:Array(String)}', {
      param_a: `x\\ty' OR 1`,
      param_b: '18446744073709551615',
      param_c: '\\N',
      param_d: `['p','q\\'']`,
    })
    expect(answer.text).toBe(`x\\ty\\' OR 1\t18446744073709551615\t\\N\t['p','q\\'']\n`)
    const quoted = await ask('SELECT toUInt64(1) AS a FORMAT JSONEachRow', {
      output_format_json_quote_64bit_integers: '1',
    })
    expect(quoted.text).toBe('{"a":"1"}\n')
    expect((await ask('SELECT toUInt64(1) AS a FORMAT JSONEachRow')).text).toBe('{"a":1}\n')
    expect((await ask('SELECT {a:String}')).headers.get('x-clickhouse-exception-code')).toBe('456')
    expect((await ask('SELECT toDateTime(0)', { session_timezone: 'Europe/Oslo' })).text).toBe(
      '1970-01-01 01:00:00\n',
    )
  })

  it('takes the database from the URL or the header, and any user', async () => {
    expect((await ask('SELECT currentDatabase()')).text).toBe('forbruk\n')
    expect((await ask('SELECT currentDatabase()', { database: 'system' })).text).toBe('system\n')
    const headers = {
      'X-ClickHouse-Database': 'system',
      'X-ClickHouse-User': 'grafana',
      'X-ClickHouse-Key': 'x',
    }
    expect((await ask('SELECT currentDatabase()', {}, { headers })).text).toBe('system\n')
  })

  it('unpacks requests and packs answers', async () => {
    const gzip = await ask('', {}, { body: gzipSync(ALL), headers: { 'Content-Encoding': 'gzip' } })
    expect(gzip.text).toBe('a\t1\nb\t18446744073709551615\n')
    const zstd = await ask('', {}, { body: zstdCompressSync(ALL), headers: { 'Content-Encoding': 'zstd' } })
    expect(zstd.text).toBe(gzip.text)
    expect((await ask('', {}, { body: ALL, headers: { 'Content-Encoding': 'lz4' } })).status).toBe(415)
    const packed = { query: ALL, enable_http_compression: '1' }
    expect(gunzipSync(await askRaw(packed, { 'accept-encoding': 'gzip' })).toString()).toBe(gzip.text)
    expect(brotliDecompressSync(await askRaw(packed, { 'accept-encoding': 'gzip, br' })).toString()).toBe(
      gzip.text,
    )
    expect(zstdDecompressSync(await askRaw(packed, { 'accept-encoding': 'zstd' })).toString()).toBe(gzip.text)
    expect((await askRaw({ query: ALL }, { 'accept-encoding': 'gzip' })).toString()).toBe(gzip.text)
  })

  it('answers a driver’s compressed blocks and versioned Native blocks', async () => {
    const block = await askRaw({ query: 'SELECT 1', compress: '1' }, {})
    expect(block.subarray(16).toString('hex')).toBe('820c00000002000000' + '20' + '310a')
    const native = await askRaw(
      { query: 'SELECT toUInt8(7) AS n FORMAT Native', client_protocol_version: '54460' },
      {},
    )
    expect(native.toString('hex')).toBe('010002ffffffff00' + '0101' + '016e' + '0555496e7438' + '00' + '07')
  })

  it('serves @clickhouse/client, compressed and not', async () => {
    for (const response of [true, false]) {
      const client = createClient({
        url: endpoint.url,
        username: 'x',
        password: 'y',
        database,
        compression: { response },
      })
      const result = await client.query({
        query: `${ALL} LIMIT {n:UInt8}`,
        query_params: { n: 1 },
        format: 'JSONEachRow',
      })
      expect(await result.json()).toEqual([{ client: 'a', requests: expect.anything() }])
      expect((await client.ping()).success).toBe(true)
      await client.close()
    }
  })

  it('serves curl', async () => {
    const curl = promisify(execFile)
    const { stdout } = await curl('curl', ['-sS', '--fail', endpoint.url, '--data-binary', `${ALL} LIMIT 1`])
    expect(stdout).toBe('a\t1\n')
  })
})

describe('an error', () => {
  it.each([
    ['SELECT * FROM no_such', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT no_such FROM usage', 404, 47, 'UNKNOWN_IDENTIFIER'],
    ['SELEC 1', 400, 62, 'SYNTAX_ERROR'],
    ['', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', 400, 62, 'SYNTAX_ERROR'],
    ["SELECT throwIf(1, 'stop')", 500, 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ['SELECT 1 FORMAT Nonsense', 404, 73, 'UNKNOWN_FORMAT'],
  ])('of «%s» is HTTP %d, code %d', async (sql, status, code, type) => {
    const answer = await ask(sql)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe(String(code))
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: [\\s\\S]+\\(${type}\\) \\(version 26\\.`),
    )
  })

  it('is a query that takes too long, answers too much, or is too large', async () => {
    const endless = await ask('SELECT max(sipHash64(number)) FROM numbers(100000000000)', {
      max_execution_time: '0.3',
    })
    expect([endless.status, endless.headers.get('x-clickhouse-exception-code')]).toEqual([408, '159'])
    const many = await ask('SELECT number FROM numbers(100000)', { max_result_rows: '10' })
    expect(many.headers.get('x-clickhouse-exception-code')).toBe('396')
    expect((await ask(`SELECT '${'x'.repeat(1_100_000)}'`)).status).toBe(413)
    const bomb = gzipSync(`SELECT '${'x'.repeat(10_000_000)}'`)
    expect((await ask('', {}, { body: bomb, headers: { 'Content-Encoding': 'gzip' } })).status).toBe(413)
  })
})

describe('reading only', () => {
  const nothing = {}
  it.each<[sql: string, parameters: Record<string, string>]>([
    ["INSERT INTO usage VALUES ('c', 1)", nothing],
    ["INSERT INTO usage VALUES ('c', 1)", { readonly: '0' }],
    ['DROP TABLE usage', nothing],
    ['CREATE TABLE x (a UInt8) ENGINE = Memory', nothing],
    ['CREATE TEMPORARY TABLE x (a UInt8)', nothing],
    ['ALTER TABLE usage DELETE WHERE 1', nothing],
    ['OPTIMIZE TABLE usage FINAL', nothing],
    ['SYSTEM FLUSH LOGS', nothing],
    ['KILL QUERY WHERE 1', nothing],
    ['SET readonly = 0', nothing],
    ['SELECT 1 SETTINGS readonly = 0', nothing],
    ["SELECT 1 INTO OUTFILE 'ROOT/out.csv'", nothing],
    ["EXPLAIN SELECT 1 INTO OUTFILE 'ROOT/out.csv'", nothing],
    ["SELECT file('SECRET')", nothing],
    ["SELECT `fi\\x6ce`('SECRET')", nothing],
    ["SELECT * APPLY(file) FROM (SELECT 'SECRET')", nothing],
    ["SELECT * APPLY file FROM (SELECT 'SECRET')", nothing],
    ["SELECT * APPLY(x -> file(x)) FROM (SELECT 'SECRET')", nothing],
    ["SELECT arrayMap(file, ['SECRET'])", nothing],
    ["SELECT arrayMap((file), ['SECRET'])", nothing],
    ["WITH file AS f SELECT arrayMap(f, ['SECRET'])", nothing],
    ["SELECT arrayMap({f:Identifier}, ['SECRET'])", { param_f: 'file' }],
    ["SELECT arrayMap({f:Identifier}, ['SECRET'])", { param_f: 'fi\\x6ce' }],
    ["EXPLAIN SELECT file('SECRET')", nothing],
    ["SHOW TABLES WHERE file('SECRET') != ''", nothing],
    ["DESCRIBE TABLE file('SECRET')", nothing],
    ["SELECT * FROM file('SECRET')", nothing],
    ['SELECT * FROM default.`SECRET`', nothing],
    ["SELECT * FROM 'SECRET'", { database: 'default' }],
    ["SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 'a String')", nothing],
    ["SELECT * FROM remote('127.0.0.1:9', 'a', 'b')", nothing],
    ["SELECT * FROM sqlite('ROOT/made.db', 't')", nothing],
    ["SELECT * FROM executable('cat', 'TSV', 'a String')", nothing],
    ['SELECT * FROM system.models', nothing],
    ['SELECT * FROM models', { database: 'system' }],
    ["SELECT * FROM merge('system', '^models$')", nothing],
    ['SELECT * FROM {t:Identifier}', { param_t: 'system.models' }],
    ["SELECT catboostEvaluate('SECRET', 1)", nothing],
    ['SELECT 1 FORMAT Template', { format_template_row: 'SECRET' }],
    ['SELECT count() FROM usage', { additional_result_filter: "file('SECRET') = ''" }],
    ['SELECT 1', { dialect: 'prql' }],
  ])('refuses %s %j', async (sql, parameters) => {
    const put = (text: string) => text.replaceAll('SECRET', secret).replaceAll('ROOT', root)
    const filled = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, put(value)]))
    const answer = await ask(put(sql), filled)
    // Refused, or not there: the process has neither the machine's files for tables, nor the engine's own.
    expect(answer.headers.get('x-clickhouse-exception-code')).toMatch(/^(164|60)$/)
    expect(answer.text).not.toContain('s3cret')
    expect(existsSync(join(root, 'out.csv')) || existsSync(join(root, 'made.db'))).toBe(false)
    expect((await ask('SELECT count() FROM usage')).text).toBe('2\n')
  })

  it.each([
    ["SELECT 'file(1); DROP TABLE usage' -- file('x')", 'file(1); DROP TABLE usage\n'],
    ['SELECT $$INTO OUTFILE$$', 'INTO OUTFILE\n'],
    ["SELECT count() AS `into outfile`, 'url(1)' FROM usage", '2\turl(1)\n'],
    ["SELECT format('{}', 1);", '1\n'],
    ["SELECT file, countIf(file != '') FROM (SELECT 'a' AS file) GROUP BY file", 'a\t1\n'],
    ['SELECT * FROM numbers(2)', '0\n1\n'],
    ['SHOW TABLES', 'usage\n'],
    ['EXISTS TABLE usage', '1\n'],
  ])('allows %s', async (sql, text) => {
    expect((await ask(sql)).text).toBe(text)
  })

  it.each<[what: string, parameters: Record<string, string>, headers: Record<string, string>]>([
    ['a control character in the format', { query: 'SELECT 1 FORMAT CSV', default_format: '\x01' }, {}],
    ['a line end in the format', { query: 'SELECT 1', default_format: 'CSV\r\nx-evil: 1' }, {}],
    ['Latin-1 in the format of a header', { query: 'SELECT 1' }, { 'x-clickhouse-format': 'CSV\xe9' }],
    ['a line end in the query id', { query: 'SELECT 1', query_id: 'a\r\nx-evil: 1' }, {}],
    ['an endless query id', { query: 'SELECT 1', query_id: 'x'.repeat(100_000) }, {}],
    ['letters beyond ASCII in the database', { query: 'SELECT 1', database: '\u0000\u202e' }, {}],
    ['a control character in a setting', { query: 'SELECT 1', session_timezone: '\x01\x1b' }, {}],
    ['a control character in a parameter', { query: 'SELECT {p:String}', param_p: '\x01\x1b' }, {}],
  ])('%s reaches no header and ends nothing', async (_what, parameters, headers) => {
    const answer = await fetch(`${endpoint.url}/?${new URLSearchParams(parameters)}`, { headers })
    expect([200, 400, 404, 500]).toContain(answer.status)
    expect(answer.headers.get('x-evil')).toBeNull()
    expect((answer.headers.get('x-clickhouse-query-id') ?? '').length).toBeLessThan(129)
    expect((await ask('SELECT 1')).text).toBe('1\n')
  })

  it.each([
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { host: 'localhost/evil' },
    { host: '0x1' },
  ])('answers no page elsewhere: %j', async headers => {
    expect((await askRaw({ query: ALL }, headers)).toString()).toMatch(/^expected /)
  })

  it('answers no page elsewhere that points a name at this machine', async () => {
    const body = await askRaw({ query: ALL }, { host: 'rebound.example' })
    expect(body.toString()).toMatch(/expected localhost or an IP address/)
    expect((await askRaw({ query: 'SELECT 1' }, { host: 'localhost:8123' })).toString()).toBe('1\n')
  })
})

describe('many at once', () => {
  it('lets some run, some wait, and refuses the rest with a 503', async () => {
    const slow = 'SELECT sleepEachRow(0.05) FROM numbers(6)'
    const answers = await Promise.all(Array.from({ length: 48 }, () => ask(slow)))
    const refused = answers.filter(({ status }) => status === 503)
    // The first may be answered while the last arrive.
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(48 - refused.length)
    expect(refused[0]?.headers.get('x-clickhouse-exception-code')).toBe('202')
  })

  it('keeps parameters and settings of requests apart from each other and from the store’s own queries', async () => {
    const numbers = Array.from({ length: 24 }, (_, index) => String(index))
    const answers = await Promise.all(
      numbers.flatMap(n => [
        ask('SELECT {n:String}', { param_n: n }).then(({ text }) => text.trim()),
        store.queryText('SELECT {n:String}', 'TSV', { n: `own ${n}` }).then(text => text.trim()),
      ]),
    )
    expect(answers).toEqual(numbers.flatMap(n => [n, `own ${n}`]))
  })

  it('stops a query whose client has gone', async () => {
    const marker = 'SELECT max(sipHash64(number)) FROM numbers(100000000000)'
    const gone = ask(marker, {}, { signal: AbortSignal.timeout(300) })
    await expect(gone).rejects.toThrow(/timeout|aborted/)
    await expect
      .poll(async () => (await ask(`SELECT count() FROM system.processes WHERE query = '${marker}'`)).text, {
        timeout: 5_000,
      })
      .toBe('0\n')
  })
})

/** Another caller than the one without a name. */
const OTHER = { 'X-ClickHouse-User': 'another' }

describe('closing', () => {
  it('cancels what runs, begins nothing that waits, and frees the port', async () => {
    const second = await serveReadOnly({
      path: join(root, 'store'),
      database,
      host: '127.0.0.1',
      port: 0,
      logger,
    })
    const endless = { method: 'POST', body: 'SELECT max(sipHash64(number)) FROM numbers(100000000000)' }
    const asked = Array.from({ length: 5 }, () => fetch(second.url, endless))
    const running = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT max%numbers(1000%'"
    await expect
      .poll(async () => (await fetch(second.url, { method: 'POST', body: running, headers: OTHER })).text())
      .toBe('2\n')
    await second.close()
    const answers = await Promise.all(asked)
    expect(answers.map(({ headers }) => headers.get('x-clickhouse-exception-code'))).toEqual(
      Array(5).fill('394'),
    )
    await expect(fetch(`${second.url}/ping`)).rejects.toThrow()
    expect((await ask('SELECT 1')).text).toBe('1\n')
  })
})

describe('the address', () => {
  it('is named when it is taken, with the variable to change', async () => {
    const port = Number(new URL(endpoint.url).port)
    const second = serveReadOnly({ path: join(root, 'store'), database, host: '127.0.0.1', port, logger })
    await expect(second).rejects.toMatchObject({ code: 'ENDPOINT_PORT' })
    await expect(second).rejects.toThrow(
      new RegExp(`127\\.0\\.0\\.1:${port} is in use.*FORBRUK_STORE_LISTEN`),
    )
    expect((await ask('SELECT 1')).text).toBe('1\n')
  })

  it('on loopback needs no warning', () => {
    expect(warnings).toEqual([])
  })
})
