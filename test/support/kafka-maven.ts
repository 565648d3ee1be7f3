import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createKafkaClient } from '@forbruk/infra/log/kafka-client.ts'

const root = join(import.meta.dirname, '../..')
const pomPath = join(import.meta.dirname, 'kafka/pom.xml')
const libsPath = join(root, '.cache/kafka/libs')

const COMMAND_TIMEOUT_MS = 15_000
const DOWNLOAD_TIMEOUT_MS = 300_000
const READY_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 15_000
const JAVA_MAJOR_MIN = 17
const run = promisify(execFile)

/** What is missing, or null when both are there. */
export async function findJavaAndMaven(): Promise<string | null> {
  try {
    const { stderr } = await run('java', ['-version'], { timeout: COMMAND_TIMEOUT_MS })
    const major = Number(/version "(\d+)/.exec(stderr)?.[1])
    if (!(major >= JAVA_MAJOR_MIN)) return `java is version ${major}, expected ${JAVA_MAJOR_MIN} or later`
  } catch {
    return 'there is no java'
  }
  try {
    await run('mvn', ['-version'], { timeout: COMMAND_TIMEOUT_MS })
    return null
  } catch {
    return 'there is no mvn'
  }
}

/** One broker in KRaft mode on free ports of 127.0.0.1, with its data in a folder of its own. */
export async function startKafkaFromMaven(
  version: string,
): Promise<{ brokers: readonly string[]; stop(): Promise<void> }> {
  if (!existsSync(join(libsPath, `kafka_2.13-${version}.jar`))) await downloadJars()
  const folder = await mkdtemp(join(tmpdir(), 'forbruk-kafka-'))
  const [port, controllerPort] = [await freePort(), await freePort()]
  const propertiesPath = join(folder, 'server.properties')
  await writeFile(propertiesPath, serverProperties(join(folder, 'data'), port, controllerPort))
  const classPath = join(libsPath, '*')
  // One that begins with a dash would be taken for an option.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, '_')
  await run(
    'java',
    ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesPath],
    { timeout: READY_TIMEOUT_MS },
  )
  const logPath = join(folder, 'kafka.out')
  const output = openSync(logPath, 'w')
  const kafka = spawn('java', ['-Xmx512m', '-Xms256m', '-cp', classPath, 'kafka.Kafka', propertiesPath], {
    stdio: ['ignore', output, output],
  })
  // A test run that ends without its teardown leaves no broker behind.
  const killAtExit = () => kafka.kill('SIGKILL')
  process.once('exit', killAtExit)
  const stop = async () => {
    process.off('exit', killAtExit)
    await stopProcess(kafka)
    await rm(folder, { recursive: true, force: true })
  }
  const broker = `127.0.0.1:${port}`
  try {
    await untilReady(broker, kafka)
  } catch (error) {
    const lines = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-5).join('\n')
    await stop()
    throw new Error(`${error instanceof Error ? error.message : error}\n${lines}`)
  }
  return { brokers: [broker], stop }
}

async function downloadJars(): Promise<void> {
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${libsPath}`, '-DincludeScope=runtime']
  await run('mvn', ['-q', '-B', '-f', pomPath, ...goal], { timeout: DOWNLOAD_TIMEOUT_MS })
}

function serverProperties(dataPath: string, port: number, controllerPort: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${dataPath}`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    // A test's groups are complete when their first member joins.
    'group.initial.rebalance.delay.ms=0',
    '',
  ].join('\n')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.')
  return address.port
}

async function untilReady(broker: string, kafka: ChildProcess): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < deadlineMs) {
    if (kafka.exitCode !== null) throw new Error(`it ended at once with exit code ${kafka.exitCode}`)
    if (await answers(broker)) return
    await setTimeout(200)
  }
  throw new Error(`it did not answer on ${broker} within ${READY_TIMEOUT_MS / 1_000} s`)
}

async function answers(broker: string): Promise<boolean> {
  const admin = createKafkaClient({ brokers: [broker], clientId: 'forbruk-test' }).admin({
    retry: { retries: 0 },
  })
  try {
    await admin.connect()
    return (await admin.describeCluster()).brokers.length > 0
  } catch {
    return false
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** By its own id: asked first, then made to. */
async function stopProcess(kafka: ChildProcess): Promise<void> {
  if (kafka.exitCode !== null || kafka.signalCode !== null) return
  const ended = once(kafka, 'exit').then(() => true)
  kafka.kill('SIGTERM')
  const waited = new AbortController()
  const late = setTimeout(STOP_TIMEOUT_MS, false, { signal: waited.signal }).catch(() => false)
  if (!(await Promise.race([ended, late]))) {
    kafka.kill('SIGKILL')
    await ended
  }
  waited.abort()
}
