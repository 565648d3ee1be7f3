import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { createClient } from '@clickhouse/client'
import { describe, expect, it } from 'vitest'
import { ALL, database, useServedUsage } from '../../../test/support/store/served-usage.ts'

const { url, ask, askRaw } = useServedUsage()

describe('ClickHouse’s HTTP protocol', () => {
  it('answers health checks', async () => {
    for (const path of ['/ping', '/', '/replicas_status']) {
      const response = await fetch(url() + path)
      expect([response.status, await response.text()]).toEqual([200, 'Ok.\n'])
    }
    expect((await fetch(`${url()}/play`)).status).toBe(404)
    expect((await fetch(url(), { method: 'PUT', body: 'x' })).status).toBe(501)
  })

  it('takes the query from the URL, the body, or both', async () => {
    const fromUrl = await fetch(`${url()}/?query=${encodeURIComponent(ALL)}`)
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

  it('tells clients what they may set, and the limits that hold', async () => {
    const answer = await ask(
      `SELECT name, value, readonly FROM system.settings
       WHERE name IN ('format_schema', 'join_use_nulls', 'max_threads') ORDER BY name`,
    )
    expect(answer.text).toBe('format_schema\t\t1\njoin_use_nulls\t0\t0\nmax_threads\t2\t0\n')
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
        url: url(),
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
    const { stdout } = await curl('curl', ['-sS', '--fail', url(), '--data-binary', `${ALL} LIMIT 1`])
    expect(stdout).toBe('a\t1\n')
  })
})
