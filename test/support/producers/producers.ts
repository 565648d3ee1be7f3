import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { downloadJars } from '../maven/download-jars.ts'
import { findJavaAndMaven } from '../maven/find-java-and-maven.ts'
import { tellNotRun } from '../process/tell-not-run.ts'

/** What a producer sends in one go. */
export type Batch = {
  readonly codec: Codec
  readonly records: readonly Outgoing[]
}

/** `value` without tabs and line ends. */
type Outgoing = { readonly partition?: number; readonly key: string | null; readonly value: string }

/** The JVM's producer alone encodes Avro, from its JSON form, and has transactions here. */
type JvmBatch = Batch & { readonly avroSchema?: string; readonly transaction?: 'commit' | 'abort' }

export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof CODECS)[number]

type Target = { readonly brokers: readonly string[]; readonly topic: string }

/** Somebody else's Kafka client, and how it sends. */
type Producer = {
  readonly name: string
  /** Why it can't be run here, or null when it can. */
  readonly obstacle: string | null
  send(target: Target, batches: readonly Batch[]): Promise<void>
}

const cache = join(import.meta.dirname, '../../../.cache/producers')
const libs = join(cache, 'libs')
const python = join(cache, 'venv/bin/python')
const CONFLUENT_KAFKA = 'confluent-kafka==2.16.1'
const SEND_TIMEOUT_MS = 60_000
const INSTALL_TIMEOUT_MS = 120_000
const run = promisify(execFile)

/**
 * With REQUIRE_KAFKA=1, which asks for all that tests take of a machine, it is an error that the first two can't be
 * run. Python's comes from a registry that not every machine reaches.
 */
export async function findProducers(): Promise<Producer[]> {
  const producers = [
    { name: 'kcat', obstacle: await findKcatObstacle(), send: sendFromKcat },
    { name: 'jvm', obstacle: await findJvmObstacle(), send: sendFromJvm },
    { name: 'python', obstacle: await findPythonObstacle(), send: sendFromPython },
  ]
  for (const { name, obstacle } of producers) {
    if (name !== 'python') tellNotRun(`Events by ${name}`, obstacle)
    else if (obstacle !== null) console.log(`Events by ${name}: NOT RUN (${obstacle})`)
  }
  return producers
}

async function findKcatObstacle(): Promise<string | null> {
  return obstacleOf('there is no kcat', () => run('kcat', ['-V']))
}

async function findJvmObstacle(): Promise<string | null> {
  const missing = await findJavaAndMaven()
  if (missing !== null || existsSync(join(libs, 'avro-1.12.0.jar'))) return missing
  return obstacleOf("its jars can't be had", () => downloadJars(join(import.meta.dirname, 'pom.xml'), libs))
}

async function findPythonObstacle(): Promise<string | null> {
  return obstacleOf("confluent-kafka can't be had", async () => {
    const options = { timeout: INSTALL_TIMEOUT_MS }
    if (!existsSync(python)) await run('python3', ['-m', 'venv', join(cache, 'venv')], options)
    const isThere = () => run(python, ['-c', 'import confluent_kafka'], options)
    await isThere().catch(() => run(python, ['-m', 'pip', 'install', '-q', CONFLUENT_KAFKA], options))
  })
}

async function obstacleOf(what: string, step: () => Promise<unknown>): Promise<string | null> {
  try {
    await step()
    return null
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return `${what}: ${line}`
  }
}

export async function sendFromJvm({ brokers, topic }: Target, batches: readonly JvmBatch[]): Promise<void> {
  await inFolder(async folder => {
    const args = batches.flatMap(({ codec, avroSchema, transaction, records }, index) => {
      return [codec, avroSchema ?? 'json', transaction ?? 'plain', writeRecords(folder, index, records)]
    })
    const main = join(import.meta.dirname, 'Produce.java')
    await run('java', ['-cp', join(libs, '*'), main, brokers.join(','), topic, ...args], {
      timeout: SEND_TIMEOUT_MS,
    })
  })
}

async function sendFromPython({ brokers, topic }: Target, batches: readonly Batch[]): Promise<void> {
  await inFolder(async folder => {
    const main = join(import.meta.dirname, 'produce.py')
    for (const [index, { codec, records }] of batches.entries()) {
      const path = writeRecords(folder, index, records)
      await run(python, [main, brokers.join(','), topic, codec, path], { timeout: SEND_TIMEOUT_MS })
    }
  })
}

async function sendFromKcat(target: Target, batches: readonly Batch[]): Promise<void> {
  await inFolder(async folder => {
    for (const { codec, records } of batches) {
      const [keyed, unkeyed] = [
        records.filter(({ key }) => key !== null),
        records.filter(({ key }) => key === null),
      ]
      const path = join(folder, 'lines')
      writeFileSync(path, keyed.map(({ key, value }) => `${key}\t${value}\n`).join(''))
      await runKcat(target, ['-z', codec, '-K', '\t', '-l', path])
      writeFileSync(path, unkeyed.map(({ value }) => `${value}\n`).join(''))
      await runKcat(target, ['-z', codec, '-l', path])
    }
  })
}

/** Each value is a record of its own, whatever its bytes; null is a record without one. */
export async function sendValuesFromKcat(target: Target, values: readonly (Buffer | null)[]): Promise<void> {
  await inFolder(async folder => {
    const paths = values.flatMap((value, index) => {
      if (value === null) return []
      const path = join(folder, String(index))
      writeFileSync(path, value)
      return [path]
    })
    await runKcat(target, paths)
    const nothing = join(folder, 'nothing')
    writeFileSync(nothing, 'key:\n'.repeat(values.length - paths.length))
    await runKcat(target, ['-Z', '-K', ':', '-l', nothing])
  })
}

async function runKcat({ brokers, topic }: Target, args: readonly string[]): Promise<void> {
  await run('kcat', ['-q', '-P', '-b', brokers.join(','), '-t', topic, ...args], { timeout: SEND_TIMEOUT_MS })
}

async function inFolder(step: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-produce-'))
  try {
    await step(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A line each: partition, key and value between tabs; `-` is none. */
function writeRecords(folder: string, index: number, records: readonly Outgoing[]): string {
  const path = join(folder, String(index))
  const lines = records.map(({ partition = '-', key, value }) => `${partition}\t${key ?? '-'}\t${value}\n`)
  writeFileSync(path, lines.join(''))
  return path
}
