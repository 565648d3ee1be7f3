import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALL, useServedUsage } from '../../../test/support/store/served-usage.ts'

const { root, url, ask, askRaw } = useServedUsage()
const secret = join(root, 'secret.csv')

beforeAll(() => writeFile(secret, '"s3cret"\n'))

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
    ['SELECT filesystemAvailable()', nothing],
    ["SELECT FILESYSTEMCAPACITY('default')", nothing],
    ['SELECT * APPLY(x -> filesystemUnreserved()) FROM usage', nothing],
    ['SELECT getOSKernelVersion()', nothing],
    ["SELECT getServerSetting('path')", nothing],
    ["SELECT getServerPort('tcp_port')", nothing],
    ['SELECT query FROM system.query_log', nothing],
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
    const answer = await fetch(`${url()}/?${new URLSearchParams(parameters)}`, { headers })
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
