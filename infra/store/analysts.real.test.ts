import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { queryBindAsync } from 'chdb'
import { afterAll, expect, test } from 'vitest'

const script = readFileSync(new URL('./analysts.sql', import.meta.url), 'utf8')
const statements = script
  .replaceAll(/^--.*$/gm, '')
  .split(/;\s*$/m)
  .map(each => each.trim())
  .filter(each => each !== '')
const folder = mkdtempSync(join(tmpdir(), 'forbruk-analysts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function ask(sql: string, parameters: Record<string, unknown>): Promise<string> {
  return (await queryBindAsync(sql, parameters, { format: 'TSVRaw' })).text()
}

test('the script parses, sets settings that there are, and grants nothing but reading', async () => {
  const formatted = await Promise.all(
    statements.map(statement => ask('SELECT formatQuerySingleLine({statement:String})', { statement })),
  )
  expect(formatted.map(statement => statement.split(' ', 2).join(' '))).toEqual([
    'CREATE SETTINGS',
    'ALTER SETTINGS',
    'CREATE USER',
    'CREATE QUOTA',
    'GRANT SELECT',
    'REVOKE SELECT',
  ])
  const names = [...script.matchAll(/^ {4}([a-z_]+) = /gm)].map(([, name]) => name)
  expect(names).toContain('readonly')
  const found = await ask('SELECT count() FROM system.settings WHERE name IN {names:Array(String)}', {
    names,
  })
  expect(found).toBe(`${names.length}\n`)
})

/**
 * An embedded engine reads accounts from the folder that it is started in, and can store none. So what the script
 * makes stands there as configuration, and the engine's own access control judges each query by it.
 */
function askEngine(name: string, user: string, queries: readonly string[]): string[] {
  const place = join(folder, name)
  mkdirSync(place)
  const profile = [...script.matchAll(/^ {4}([a-z_]+) = '?(\w+)'? (?:MIN 1 MAX (\d+)|READONLY)[,;]$/gm)]
  const values = profile.map(([, setting, value]) => `<${setting}>${value}</${setting}>`).join('')
  const bounds = profile.map(([, setting, , most]) => {
    return `<${setting}>${most === undefined ? '<readonly/>' : `<min>1</min><max>${most}</max>`}</${setting}>`
  })
  writeFileSync(
    join(place, 'config.xml'),
    `<clickhouse><users_config>${place}/users.xml</users_config></clickhouse>`,
  )
  writeFileSync(
    join(place, 'users.xml'),
    `<clickhouse>
<profiles><default/><forbruk_analyst>${values}<constraints>${bounds.join('')}</constraints></forbruk_analyst></profiles>
<quotas><default/></quotas>
<users>
<default><password/><networks><ip>::/0</ip></networks><quota>default</quota>${user}</default>
<forbruk_analyst><no_password/><profile>forbruk_analyst</profile></forbruk_analyst>
</users>
</clickhouse>`,
  )
  const args = ['--input-type=module', '-e', ASK, import.meta.resolve('chdb'), join(folder, 'store')]
  const { stdout, stderr } = spawnSync(process.execPath, [...args, JSON.stringify(queries)], {
    cwd: place,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const ASK = `
const [chdb, store, queries] = process.argv.slice(1)
const { Session } = await import(chdb)
const session = new Session(store)
const answers = JSON.parse(queries).map(query => {
  try {
    session.query(query, 'TSV')
    return 'done'
  } catch (error) {
    return /\\(([A-Z_]+)\\)$/.exec(error.message)?.[1] ?? error.message
  }
})
process.stdout.write(JSON.stringify(answers))
process.exit()`

test('the engine takes every statement of it as far as it can, and enforces what they say', () => {
  const administrator = '<profile>default</profile><access_management>1</access_management>'
  const made = askEngine('administrator', administrator, [
    'CREATE DATABASE forbruk',
    'CREATE TABLE forbruk.usage (client String) ENGINE = MergeTree ORDER BY client',
    'CREATE TABLE forbruk.stream_secret (secret String) ENGINE = MergeTree ORDER BY secret',
    // The names and values of a new one are looked at before it is stored, or not.
    statements[1]?.replace('ALTER SETTINGS PROFILE forbruk_analyst', 'CREATE SETTINGS PROFILE another') ?? '',
    ...statements,
  ])
  const nowhere = 'ACCESS_STORAGE_FOR_INSERTION_NOT_FOUND'
  const written = 'ACCESS_STORAGE_READONLY'
  expect(made).toEqual([
    ...Array(3).fill('done'),
    nowhere,
    written,
    written,
    written,
    nowhere,
    written,
    written,
  ])

  const grants = statements
    .filter(each => /^(GRANT|REVOKE)/.test(each))
    .map(each => `<query>${each.replace(/ (TO|FROM) forbruk_analyst$/, '')}</query>`)
  const asked = {
    'SELECT count() FROM forbruk.usage': 'done',
    'SELECT count() FROM forbruk.stream_secret': 'ACCESS_DENIED',
    "SELECT * FROM file('/etc/hostname', LineAsString)": 'ACCESS_DENIED',
    "SELECT * FROM url('http://127.0.0.1/', LineAsString)": 'ACCESS_DENIED',
    'EXISTS TABLE default.`/etc/shadow`': 'ACCESS_DENIED',
    'DROP TABLE forbruk.usage': 'ACCESS_DENIED',
    "INSERT INTO forbruk.usage VALUES ('x')": 'ACCESS_DENIED',
    'CREATE TEMPORARY TABLE mine (x UInt8)': 'ACCESS_DENIED',
    'SELECT count() FROM system.users': 'ACCESS_DENIED',
    'SET max_execution_time = 10': 'done',
    'SET max_execution_time = 600': 'SETTING_CONSTRAINT_VIOLATION',
    'SELECT 1 SETTINGS max_memory_usage = 0': 'SETTING_CONSTRAINT_VIOLATION',
    'SELECT 1 SETTINGS max_execution_time = 0': 'SETTING_CONSTRAINT_VIOLATION',
    'SELECT 1 SETTINGS max_result_rows = 0': 'SETTING_CONSTRAINT_VIOLATION',
    'SELECT 1 SETTINGS max_result_bytes = 0': 'SETTING_CONSTRAINT_VIOLATION',
    'SELECT 1 SETTINGS max_threads = 64': 'SETTING_CONSTRAINT_VIOLATION',
    'SET output_format_pretty_squash_consecutive_ms = 9000000': 'SETTING_CONSTRAINT_VIOLATION',
    'SET readonly = 0': 'READONLY',
  }
  const analyst = `<profile>forbruk_analyst</profile><grants>${grants.join('')}</grants>`
  const answers = askEngine('analyst', analyst, Object.keys(asked))
  expect(Object.fromEntries(Object.keys(asked).map((query, index) => [query, answers[index]]))).toEqual(asked)
}, 60_000)
