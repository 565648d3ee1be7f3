import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, readConfig } from '@forbruk/infra/runtime/config.ts'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../../test/support/process/free-port.ts'
import { openParts } from '../wiring/parts/open-parts.ts'
import { examineMachine } from './examine-machine.ts'
import type { Finding } from './finding.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'forbruk-doctor-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function settingsIn(folder: string): Promise<Environment> {
  const [console, store] = [await freePort(), await freePort()]
  return {
    FORBRUK_DATA_DIR: join(folder, 'data'),
    FORBRUK_LISTEN: `127.0.0.1:${console}`,
    FORBRUK_STORE_LISTEN: `127.0.0.1:${store}`,
  }
}

async function examined(env: Environment): Promise<ReadonlyMap<string, Finding>> {
  const findings = new Map<string, Finding>()
  for await (const finding of examineMachine(() => readConfig(env))) findings.set(finding.check, finding)
  return findings
}

function states(findings: ReadonlyMap<string, Finding>) {
  return Object.fromEntries([...findings].map(([check, { state }]) => [check, state]))
}

const WELL = {
  node: 'ok',
  settings: 'ok',
  'data folder': 'ok',
  'event log': 'ok',
  store: 'ok',
  counting: 'ok',
  records: 'ok',
  intakes: 'ok',
  tariff: 'ok',
  console: 'ok',
  'store endpoint': 'ok',
}

test('an empty machine has all that it takes, and nothing is made on it', async () => {
  const env = await settingsIn(await newFolder())
  const findings = await examined(env)
  expect(states(findings)).toEqual(WELL)
  expect(findings.get('store')?.found).toMatch(
    /^embedded ClickHouse \d+\.\d+\.\d+\.\d+, in .*, still to be made;/,
  )
  expect(existsSync(String(env.FORBRUK_DATA_DIR))).toBe(false)
})

test('a machine that has counted is as well', async () => {
  const env = await settingsIn(await newFolder())
  const parts = openParts({ readConfig: () => readConfig(env) })
  await parts.log()
  await parts.store()
  await parts[Symbol.asyncDispose]()
  const before = await readdir(String(env.FORBRUK_DATA_DIR), { recursive: true })
  const findings = await examined(env)
  expect(states(findings)).toEqual(WELL)
  expect(findings.get('store')?.found).not.toContain('still to be made')
  expect(findings.get('event log')?.found).toContain('"gateway.requests" of 8 partitions;')
  const ofOther = await examined({ ...env, KAFKA_TOPIC: 'other', CLICKHOUSE_DATABASE: 'other' })
  expect(ofOther.get('event log')?.found).toContain('"other" of 8 partitions, still to be made;')
  expect(ofOther.get('store')?.found).toContain('still to be made')
  expect(await readdir(String(env.FORBRUK_DATA_DIR), { recursive: true })).toEqual(before)
})

test('a data folder that others may read is warned of, and what is made in it is for its user alone', async () => {
  const env = await settingsIn(await newFolder())
  const folder = String(env.FORBRUK_DATA_DIR)
  await mkdir(folder)
  await chmod(folder, 0o755)
  const parts = openParts({ readConfig: () => readConfig(env) })
  await parts.log()
  await parts.store()
  await parts[Symbol.asyncDispose]()
  for (const name of await readdir(folder))
    expect((await stat(join(folder, name))).mode & 0o077, name).toBe(0)
  expect((await examined(env)).get('data folder')).toEqual({
    check: 'data folder',
    state: 'warning',
    found:
      `${folder}: other users of this machine may use it (permissions 755), expected 700. ` +
      `It holds whose usage is whose: chmod 700 ${folder}`,
  })
})

test('what is wrong is named, all of it, with what to do', async () => {
  const folder = await newFolder()
  const file = join(folder, 'file')
  await writeFile(file, '')
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : 0
  const findings = await examined({
    ...(await settingsIn(folder)),
    FORBRUK_DATA_DIR: file,
    FORBRUK_TARIFF: join(folder, 'no-tariff.json'),
    FORBRUK_LISTEN: `127.0.0.1:${port}`,
    KAFKA_BROKERS: '127.0.0.1:1',
    CLICKHOUSE_URL: 'http://127.0.0.1:1',
  })
  const found = Object.fromEntries(
    [...findings].map(([check, { state, found }]) => [check, `${state}: ${found}`]),
  )
  expect(found).toEqual({
    node: expect.stringMatching(/^ok/),
    settings: expect.stringMatching(/^ok/),
    'data folder': `problem: ${file} is a file, expected a folder: name another one in FORBRUK_DATA_DIR`,
    'event log': expect.stringMatching(
      /^problem: Kafka could not be looked at: .* Brokers: 127\.0\.0\.1:1\. Check/,
    ),
    store: expect.stringMatching(/^problem: ClickHouse at http:\/\/127\.0\.0\.1:1 could not be reached/),
    tariff: expect.stringMatching(/^problem: .*no-tariff\.json.*ENOENT/s),
    console:
      `warning: 127.0.0.1:${port} is taken: by forbruk itself, if it is up; ` +
      'else name another one in FORBRUK_LISTEN',
  })
})

test('a log that is none is named', async () => {
  const env = await settingsIn(await newFolder())
  const folder = String(env.FORBRUK_DATA_DIR)
  await mkdir(folder)
  await writeFile(join(folder, 'log.sqlite'), 'no database, but long enough to be taken for one'.repeat(100))
  const { state, found } = (await examined(env)).get('event log') ?? {}
  expect(state).toBe('problem')
  expect(found).toContain('file is not a database; the file is not an event log: name another path')
})

test('with wrong settings there is nothing else to look at', async () => {
  const findings = await examined({ KAFKA_TOPIC: 'ø ø' })
  expect(states(findings)).toEqual({ node: 'ok', settings: 'problem' })
  expect(findings.get('settings')?.found).toContain('KAFKA_TOPIC="ø ø": expected letters')
})
