import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { EventLogError, type LogRecord } from '../event-log.ts'
import { openEmbeddedLog } from './sqlite-log.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'forbruk-embedded-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const settings = { topic: 'requests', partitionCount: 2, clock: () => 1_000 }
const one = { to: { partition: 0 }, value: Buffer.from('x') }

async function readAll(log: ReturnType<typeof openEmbeddedLog>, partition: number): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  const { startOffset, endOffset } = await log.bounds(partition)
  for await (const batch of log.read(partition, startOffset, endOffset)) records.push(...batch.records)
  return records
}

/** A process of its own, which sees nothing of this one but the file. */
function runScript(script: string, shell = ''): Promise<{ stdout: string; stderr: string }> {
  const source = `import { openEmbeddedLog } from './sqlite-log.ts'\n${script}`
  const command = `${shell} exec "$0" --input-type=module -e "$1"`
  return run('sh', ['-c', command, process.execPath, source], { cwd: import.meta.dirname, timeout: 30_000 })
}

test('append times never decrease within a partition, whatever the clock does', async () => {
  let nowMs = 500
  const log = openEmbeddedLog({ ...settings, path: join(folder, 'clock.sqlite'), clock: () => nowMs })
  for (const time of [500, 700, 600, 650, 900]) {
    nowMs = time
    await log.append([one])
  }
  nowMs = 100
  await log.append([{ ...one, to: { partition: 1 } }])
  expect((await readAll(log, 0)).map(record => record.appendTimeMs)).toEqual([500, 700, 700, 700, 900])
  expect((await readAll(log, 1)).map(record => record.appendTimeMs)).toEqual([100])
  expect(await log.offsetForTime(0, 650)).toBe(1)
  await log.close()
})

test('what was appended is there after the file is opened again, topic by topic', async () => {
  const path = join(folder, 'deep/down/again.sqlite')
  const first = openEmbeddedLog({ ...settings, path })
  await first.append([one, one])
  await first.close()
  const again = openEmbeddedLog({ ...settings, path })
  const other = openEmbeddedLog({ ...settings, path, topic: 'other' })
  expect(await again.bounds(0)).toEqual({ startOffset: 0, endOffset: 2 })
  expect(await other.bounds(0)).toEqual({ startOffset: 0, endOffset: 0 })
  await again.close()
  await other.close()
})

test('a batch is bounded by bytes as well as by records', async () => {
  const log = openEmbeddedLog({ ...settings, path: join(folder, 'bounded.sqlite') })
  const large = { to: { partition: 0 }, value: Buffer.alloc(1_000_000) }
  for (let index = 0; index < 20; index += 1) await log.append([large])
  await log.append(Array.from({ length: 5_000 }, () => ({ to: { partition: 1 }, value: Buffer.from('x') })))
  const sizesOf = async (partition: number, end: number) => {
    const sizes: number[] = []
    for await (const { records } of log.read(partition, 0, end)) sizes.push(records.length)
    return sizes
  }
  expect(await sizesOf(0, 20)).toEqual([9, 9, 2])
  expect(await sizesOf(1, 5_000)).toEqual([4_096, 904])
  await log.close()
})

test('processes that open a new file and append to it at once lose nothing', async () => {
  const path = join(folder, 'processes.sqlite')
  const names = ['a', 'b', 'c']
  await Promise.all(
    names.map(name =>
      runScript(`
        const log = openEmbeddedLog({ path: '${path}', topic: 'requests', partitionCount: 2, clock: () => Date.now() })
        for (let index = 0; index < 100; index += 1) {
          await log.append([{ to: { partition: 0 }, value: Buffer.from('${name}' + index) }])
        }
        await log.close()`),
    ),
  )
  const log = openEmbeddedLog({ ...settings, path })
  const records = await readAll(log, 0)
  expect(records.map(record => record.offset)).toEqual(Array.from({ length: 300 }, (_, offset) => offset))
  for (const name of names) {
    const own = records.map(record => String(record.value)).filter(value => value.startsWith(name))
    expect(own).toEqual(Array.from({ length: 100 }, (_, index) => `${name}${index}`))
  }
  const times = records.map(record => record.appendTimeMs)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  await log.close()
})

test('an append that the disk refuses is an error that names the file, and leaves nothing half done', async () => {
  const path = join(folder, 'full.sqlite')
  const { stdout } = await runScript(
    `
    process.on('SIGXFSZ', () => {})
    const log = openEmbeddedLog({ path: '${path}', topic: 'requests', partitionCount: 2, clock: () => 1 })
    const large = { to: { partition: 0 }, value: Buffer.alloc(100_000) }
    await log.append([large])
    const failure = await log.append(Array.from({ length: 40 }, () => large)).catch(error => error)
    console.log(failure.name + ': ' + failure.message)
    console.log(JSON.stringify(await log.bounds(0)))`,
    // In units of 512 bytes: room for the first append, not for the second.
    'ulimit -f 2000;',
  )
  expect(stdout).toContain(`EventLogError: The event log ${path}: `)
  expect(stdout).toContain('{"startOffset":0,"endOffset":1}')
})

test('what is not an event log, or has no partition, is refused by name', () => {
  const text = join(folder, 'text.sqlite')
  writeFileSync(text, 'this is a text, and one long enough to be no empty database file '.repeat(20))
  expect(() => openEmbeddedLog({ ...settings, path: text })).toThrow(
    new RegExp(`The event log ${text}: .*name another path`),
  )
  mkdirSync(join(folder, 'directory.sqlite'))
  expect(() => openEmbeddedLog({ ...settings, path: join(folder, 'directory.sqlite') })).toThrow(
    EventLogError,
  )
  expect(() =>
    openEmbeddedLog({ ...settings, path: join(folder, 'none.sqlite'), partitionCount: 0 }),
  ).toThrow('"requests" can\'t have 0 partitions')
})
