import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { findJavaAndMaven } from '../support/maven/find-java-and-maven.ts'
import type { Input } from './fill-topics.ts'
import { type Measurement, measurementOf, timeoutFor } from './measurement.ts'
import { runMeasured } from './run-process.ts'

const pomPath = join(import.meta.dirname, 'peers/kafka-streams/pom.xml')
const buildPath = join(import.meta.dirname, '../../.cache/bench')
const libsPath = join(buildPath, 'libs')
const BUILD_TIMEOUT_MS = 300_000
/** One a core of a small machine. */
const STREAM_THREADS = 2

/** Compiled and with its jars, or the reason why it can't be. */
export async function buildJvmPeers(): Promise<string | null> {
  const missing = await findJavaAndMaven()
  if (missing !== null) return missing
  const goals = ['compile', ...(existsSync(libsPath) ? [] : ['dependency:copy-dependencies'])]
  const settings = [
    `-Dbench.directory=${buildPath}`,
    `-DoutputDirectory=${libsPath}`,
    '-DincludeScope=runtime',
  ]
  await runMeasured({
    command: 'mvn',
    args: ['-q', '-B', '-f', pomPath, ...goals, ...settings],
    timeoutMs: BUILD_TIMEOUT_MS,
  })
  return null
}

const streamsShape = z.object({
  countingMs: z.number(),
  requests: z.number(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  cells: z.number(),
})

export async function countWithStreams(
  brokers: readonly string[],
  input: Input,
  folder: string,
): Promise<Measurement> {
  await mkdir(folder, { recursive: true })
  const finished = await runMeasured({
    command: 'java',
    args: [
      '-Xmx2g',
      `-Djava.io.tmpdir=${folder}`,
      '-cp',
      `${join(buildPath, 'classes')}:${libsPath}/*`,
      'CountUsage',
      brokers.join(','),
      input.topic,
      String(input.events),
      String(STREAM_THREADS),
    ],
    timeoutMs: timeoutFor(input.events),
  })
  const { countingMs, ...found } = streamsShape.parse(JSON.parse(finished.stdout))
  return measurementOf(finished, input.events, countingMs, { found, expected: input.totalsOfAll })
}

/** Kafka's own measure of its consumer: every record fetched and handed over, none looked into. */
export async function readRaw(brokers: readonly string[], input: Input): Promise<Measurement> {
  const finished = await runMeasured({
    command: 'java',
    args: [
      '-Xmx512m',
      '-cp',
      `${libsPath}/*`,
      'org.apache.kafka.tools.ConsumerPerformance',
      ...['--bootstrap-server', brokers.join(',')],
      ...['--topic', input.topic],
      ...['--messages', String(input.events)],
      ...['--timeout', '60000'],
    ],
    timeoutMs: timeoutFor(input.events),
  })
  const { events, fetchMs } = readConsumerPerformance(finished.stdout)
  if (events < input.events) throw new Error(`The raw read found ${events} of ${input.events} records.`)
  return measurementOf(finished, input.events, fetchMs, null)
}

/** Two lines of values by commas: names, and what was measured. */
function readConsumerPerformance(text: string): { events: number; fetchMs: number } {
  const [names = [], values = []] = text
    .trim()
    .split('\n')
    .filter(line => line.includes(','))
    .slice(-2)
    .map(line => line.split(',').map(word => word.trim()))
  const columnOf = (name: string) => Number(values[names.indexOf(name)] ?? Number.NaN)
  const [events, fetchMs] = [columnOf('data.consumed.in.nMsg'), columnOf('fetch.time.ms')]
  if (events >= 0 && fetchMs > 0) return { events, fetchMs }
  throw new Error(`ConsumerPerformance printed something else than its table:\n${text}`)
}
