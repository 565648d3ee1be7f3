import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import type { Store } from '../store.ts'
import { findEndpoint } from './find-endpoint.ts'
import { type ReadOnlyEndpoint, serveReadOnly } from './serve-read-only.ts'

const database = 'forbruk'
const root = mkdtempSync(join(tmpdir(), 'forbruk-queries-test-'))
const path = join(root, 'store')
const warnings: string[] = []
const logger = { warn: (message: string) => void warnings.push(message) }

let store: Store
let endpoint: ReadOnlyEndpoint

beforeAll(async () => {
  store = await openStore({ kind: 'embedded', path, database })
  await store.command(
    'CREATE TABLE usage (client String, requests UInt64) ENGINE = MergeTree ORDER BY client',
  )
  await store.command('CREATE VIEW totals AS SELECT sum(requests) AS requests FROM usage')
  await store.command('CREATE VIEW doubled AS SELECT 2 * requests AS requests FROM totals')
  await store.insert('usage', [{ client: 'a', requests: 1 }])
  endpoint = await serveReadOnly({ path, database, host: '127.0.0.1', port: 0, logger })
})
afterAll(async () => {
  await endpoint.close()
  await store.close()
  rmSync(root, { recursive: true })
})
beforeEach(() => {
  warnings.length = 0
})

async function ask(
  sql: string,
  parameters: Record<string, string> = {},
  headers: Record<string, string> = {},
) {
  const url = `${endpoint.url}/?${new URLSearchParams(parameters)}`
  const response = await fetch(url, { method: 'POST', body: sql, headers })
  return { code: response.headers.get('x-clickhouse-exception-code'), text: await response.text() }
}

async function isAnswering(): Promise<boolean> {
  return ask('SELECT 1').then(
    ({ text }) => text === '1\n',
    () => false,
  )
}

/** The process that answers, a child of this one. */
function queryProcess(): number {
  const listed = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
  const line = listed.split('\n').find(each => each.includes('query-process.ts')) ?? ''
  return Number.parseInt(line, 10)
}

describe('what the process reads', () => {
  it('is the store as it stands now, its views too', async () => {
    for (let requests = 2; requests < 8; requests += 1) {
      await store.insert('usage', [{ client: 'a', requests }])
      await wait(600)
      const [own] = (await store.queryText('SELECT requests FROM doubled', 'TSV')).split('\n')
      expect((await ask('SELECT requests FROM doubled')).text).toBe(`${own}\n`)
    }
    await store.command('OPTIMIZE TABLE usage FINAL')
    await store.command('ALTER TABLE usage DELETE WHERE requests = 7 SETTINGS mutations_sync = 1')
    await wait(600)
    expect((await ask('SELECT max(requests), count() FROM usage')).text).toBe('6\t6\n')
    expect(await store.queryText('SELECT count() FROM usage', 'TSV')).toBe('6\n')
  })

  it.each([
    ['EXISTS TABLE default.`/etc/shadow`', '0\n'],
    ['SELECT count() FROM system.parts', '0\n'],
    ["SELECT count() FROM system.tables WHERE arrayExists(path -> path LIKE '%/store/%', data_paths)", '0\n'],
    ['SELECT count() > 2 FROM information_schema.tables', '1\n'],
    ["SELECT count() FROM system.columns WHERE table = 'usage'", '2\n'],
  ])('tells nothing of the machine: %s', async (sql, text) => {
    expect((await ask(sql)).text).toBe(text)
  })

  it.each([
    'system.disks',
    'system.server_settings',
    'system.stack_trace',
    'system.metrics',
    'system.detached_parts',
    'system.remote_data_paths',
    'default.`/etc/passwd`',
  ])('has no %s', async table => {
    expect((await ask(`SELECT * FROM ${table}`)).code).toMatch(/^(60|164)$/)
  })
})

describe('what the process takes', () => {
  it.each<[string, Record<string, string>, string]>([
    ['SELECT 1 FORMAT Pretty', { output_format_pretty_squash_consecutive_ms: '18446744073709551615' }, '164'],
    ['SELECT 1 FORMAT Pretty SETTINGS output_format_pretty_squash_consecutive_ms = 9999999999', {}, '164'],
    ['SELECT 1', { output_format_pretty_max_rows: '18446744073709551615' }, '36'],
    ['SELECT 1', { session_timezone: '../../../tmp/pipe' }, '36'],
    ['SELECT 1', { session_timezone: '/dev/stdin' }, '36'],
    ['SELECT 1', { max_threads: '0x10' }, '72'],
    ['SELECT 1 FORMAT PNG', {}, '73'],
    ['SELECT 1 FORMAT Template SETTINGS max_threads = 2', {}, '73'],
    ['SELECT 1', { default_format: 'Template' }, '73'],
    [`SELECT '${'x'.repeat(300_000)}'`, {}, '229'],
  ])('is listed: %s %j', async (sql, parameters, code) => {
    expect((await ask(sql, parameters)).code).toBe(code)
  })
})

describe('whatever ends the process, another one is there within seconds', { timeout: 180_000 }, () => {
  it('a query that the engine can’t stop', async () => {
    // Each takes the engine some seconds, in which it looks at no limit.
    const distances = [1, 2, 3, 4, 5, 6].map(
      letter => `editDistance(repeat('a${letter}', 30000), repeat('${letter}a', 30000))`,
    )
    const sql = `SELECT ${distances.join(' + ')}, number FROM numbers(1000)`
    const stuck = ask(sql, { max_execution_time: '1' })
    await expect(stuck).rejects.toThrow()
    await expect.poll(isAnswering, { timeout: 60_000 }).toBe(true)
    expect(warnings.join()).toMatch(/may take 1 s did not end in its time; another one is started/)
    expect(await store.queryText('SELECT 1', 'TSV')).toBe('1\n')
  })

  it('a time zone that names a pipe', async () => {
    const pipe = join(root, 'pipe')
    execFileSync('mkfifo', [pipe])
    const sql = `SELECT toTimeZone(now(), '../../../../../../../..${pipe}')`
    const answer = await ask(sql, { max_execution_time: '1' }).then(
      ({ code }) => code,
      () => 'ended',
    )
    expect(answer).not.toBeNull()
    await expect.poll(isAnswering, { timeout: 60_000 }).toBe(true)
  })

  it('a signal', async () => {
    process.kill(queryProcess(), 'SIGKILL')
    await expect.poll(() => warnings.join(), { timeout: 60_000 }).toMatch(/SIGKILL/)
    await expect.poll(isAnswering, { timeout: 60_000 }).toBe(true)
    expect((await findEndpoint(path))?.url).toBe(endpoint.url)
  })

  it('a process that says nothing any more', async () => {
    process.kill(queryProcess(), 'SIGSTOP')
    await expect.poll(() => warnings.join(), { timeout: 60_000 }).toMatch(/said nothing/)
    await expect.poll(isAnswering, { timeout: 60_000 }).toBe(true)
  })
})

describe('budgets', { timeout: 180_000 }, () => {
  it('memory: two large queries at a time are refused, and the process stays', async () => {
    const sql = 'SELECT length(groupArray(toString(number))) FROM numbers(100000000)'
    const answers = await Promise.all([ask(sql), ask(sql), ask(sql)])
    expect(answers.map(({ code }) => code)).toEqual(['241', '241', '241'])
    expect(warnings).toEqual([])
  })

  it('an answer that is too large in its format is refused', async () => {
    const long = `a_${'x'.repeat(2_000)}`
    expect((await ask(`SELECT 1 AS ${long} FROM numbers(80000) FORMAT JSONEachRow`)).code).toBe('396')
  })

  it('readers that take nothing keep no place from others, and are cut off', async () => {
    const url = `${endpoint.url}/?query=${encodeURIComponent("SELECT repeat('x', 1000) FROM numbers(60000)")}`
    let cutOff = 0
    for (let reader = 0; reader < 6; reader += 1) {
      httpRequest(url, response => response.on('error', () => {}).on('close', () => (cutOff += 1)))
        .on('error', () => {})
        .end()
    }
    await wait(1_000)
    expect((await ask('SELECT 1', {}, { 'X-ClickHouse-User': 'another' })).text).toBe('1\n')
    expect(cutOff).toBeLessThan(6)
    expect((await ask('SELECT 1')).text).toBe('1\n')
  })

  it('our own commands wait for nobody', async () => {
    const { key = '' } = (await findEndpoint(path)) ?? {}
    let answered = 0
    const slow = Array.from({ length: 40 }, () =>
      ask('SELECT sleepEachRow(0.1) FROM numbers(20)').then(
        () => (answered += 1),
        () => {},
      ),
    )
    await wait(200)
    expect((await ask('SELECT 1', {}, { 'x-forbruk-key': key })).text).toBe('1\n')
    // Those that wait are answered a few at a time, and each takes two seconds.
    expect(answered).toBeLessThan(20)
    await endpoint.close()
    await Promise.all(slow)
    endpoint = await serveReadOnly({ path, database, host: '127.0.0.1', port: 0, logger })
  })
})
