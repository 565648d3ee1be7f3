import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { downloadJars } from '../maven/download-jars.ts'
import { freePort } from '../process/free-port.ts'
import { killAtExit } from '../process/kill-at-exit.ts'
import { withAdmin } from './topics.ts'

export const KAFKA_VERSION = '4.1.1'
const libs = join(import.meta.dirname, '../../../.cache/kafka/libs')
const pom = join(import.meta.dirname, 'pom.xml')
const FORMAT_TIMEOUT_MS = 60_000
const READY_TIMEOUT_MS = 150_000
const STOP_TIMEOUT_MS = 20_000
const run = promisify(execFile)

/** One real broker whose process may end at any moment and begin again on the same data and port. */
export type KillableKafka = {
  readonly brokers: readonly string[]
  /** Resolves when it answers. */
  start(): Promise<void>
  /** At once, as a crash ends it: what it has not written to disk is still in the page cache. */
  kill(): Promise<void>
  /** In order; killed when it takes longer than 20 s. */
  stop(): Promise<void>
}

/** What a broker has beside its plain listener. */
type Additions = {
  /** As in `SASL_SSL://localhost:9093`. */
  readonly listeners: readonly string[]
  readonly properties: readonly string[]
  /** Of the tool that formats its data. */
  readonly formatOptions: readonly string[]
}

const NOTHING: Additions = { listeners: [], properties: [], formatOptions: [] }

/** Formats the data in `folder` and starts the broker. */
export async function startKillableKafka(folder: string, additions = NOTHING): Promise<KillableKafka> {
  if (!existsSync(join(libs, `kafka_2.13-${KAFKA_VERSION}.jar`))) await downloadJars(pom, libs)
  const [port, controllerPort] = [await freePort(), await freePort()]
  const propertiesPath = join(folder, 'server.properties')
  writeFileSync(propertiesPath, serverProperties(join(folder, 'data'), port, controllerPort, additions))
  const classPath = join(libs, '*')
  // One that begins with a dash would be taken for an option.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, '_')
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, ...additions.formatOptions]
  await run('java', ['-cp', classPath, ...format, '-c', propertiesPath], { timeout: FORMAT_TIMEOUT_MS })

  const brokers = [`127.0.0.1:${port}`]
  const outputPath = join(folder, 'kafka.out')
  let kafka: ChildProcess | null = null
  const end = async (signal: NodeJS.Signals) => {
    const ending = kafka
    kafka = null
    if (ending !== null) await endProcess(ending, signal)
  }
  const broker: KillableKafka = {
    brokers,
    async start() {
      const output = openSync(outputPath, 'a')
      kafka = spawn('java', ['-Xmx512m', '-Xms256m', '-cp', classPath, 'kafka.Kafka', propertiesPath], {
        stdio: ['ignore', output, output],
      })
      killAtExit(kafka)
      await untilReady(brokers, kafka, outputPath)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
  try {
    await broker.start()
  } catch (error) {
    await broker.kill()
    throw error
  }
  return broker
}

function serverProperties(
  dataPath: string,
  port: number,
  controllerPort: number,
  { listeners, properties }: Additions,
): string {
  const reached = [`PLAINTEXT://127.0.0.1:${port}`, ...listeners]
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=${[...reached, `CONTROLLER://127.0.0.1:${controllerPort}`].join(',')}`,
    `advertised.listeners=${reached.join(',')}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${dataPath}`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    'group.initial.rebalance.delay.ms=0',
    // A broker that was killed may not register again before its old session has ended.
    'broker.session.timeout.ms=3000',
    'broker.heartbeat.interval.ms=500',
    ...properties,
    '',
  ].join('\n')
}

async function untilReady(
  brokers: readonly string[],
  kafka: ChildProcess,
  outputPath: string,
): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS
  const isThere = (admin: { describeCluster(): Promise<{ brokers: unknown[] }> }) => admin.describeCluster()
  while (performance.now() < deadlineMs && kafka.exitCode === null) {
    const cluster = await withAdmin(brokers, isThere).catch(() => null)
    if (cluster !== null && cluster.brokers.length > 0) return
    await setTimeout(200)
  }
  const lines = readFileSync(outputPath, 'utf8').trimEnd().split('\n').slice(-5).join('\n')
  throw new Error(`Kafka does not answer on ${brokers.join(', ')} (exit code ${kafka.exitCode}):\n${lines}`)
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const waited = new AbortController()
  const late = setTimeout(STOP_TIMEOUT_MS, 'late', { signal: waited.signal }).catch(() => null)
  if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL')
  await ended
  waited.abort()
}
