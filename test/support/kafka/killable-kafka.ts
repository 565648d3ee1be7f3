import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { downloadJars } from '../maven/download-jars.ts'
import { freePort } from '../process/free-port.ts'
import { killAtExit } from '../process/kill-at-exit.ts'
import { BrokerProxy } from './broker-proxy.ts'
import { withAdmin } from './topics.ts'

export const KAFKA_VERSION = '4.1.1'
const libs = join(import.meta.dirname, '../../../.cache/kafka/libs')
const pom = join(import.meta.dirname, 'pom.xml')
const FORMAT_TIMEOUT_MS = 60_000
const READY_TIMEOUT_MS = 150_000
const STOP_TIMEOUT_MS = 20_000
const run = promisify(execFile)

/** A real broker whose process may end at any moment and begin again on the same data and port. */
export type KillableKafka = {
  /** Its own address. */
  readonly brokers: readonly string[]
  /** Resolves when it answers. */
  start(): Promise<void>
  /** At once, as a crash ends it: what it has not written to disk is still in the page cache. */
  kill(): Promise<void>
  /** In order; killed when it takes longer than 20 s. */
  stop(): Promise<void>
  /** It stands still, with all its connections. */
  suspend(): void
  wake(): void
  /** What is said to it goes nowhere, and what it says to others does; not of a broker alone. */
  cutOff(): void
  heal(): void
}

/** What a broker has beside its plain listener. */
export type Additions = {
  /** As in `SASL_SSL://localhost:9093`. */
  readonly listeners: readonly string[]
  readonly properties: readonly string[]
  /** Of the tool that formats its data. */
  readonly formatOptions: readonly string[]
}

const NOTHING: Additions = { listeners: [], properties: [], formatOptions: [] }

/** Formats the data in `folder` and starts the broker. */
export async function startKillableKafka(folder: string, additions = NOTHING): Promise<KillableKafka> {
  const [kafka] = await startKillableCluster(folder, 1, additions)
  if (kafka === undefined) throw new Error('there is no broker')
  return kafka
}

/** So many brokers, each of them a controller as well: node 1, 2, … */
export async function startKillableCluster(
  folder: string,
  size: number,
  additions = NOTHING,
): Promise<KillableKafka[]> {
  if (!existsSync(join(libs, `kafka_2.13-${KAFKA_VERSION}.jar`))) await downloadJars(pom, libs)
  // One that begins with a dash would be taken for an option.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, '_')
  const ports: NodePorts[] = []
  for (let node = 0; node < size; node++) {
    const port = await freePort()
    // One alone is reached as it is: whoever needs more listeners of it asks for them.
    const reachedPort = size === 1 ? port : await freePort()
    ports.push({ port, reachedPort, controllerPort: await freePort() })
  }
  const nodes: KillableKafka[] = []
  for (let id = 1; id <= size; id++) {
    const ofNode = size === 1 ? folder : join(folder, `node-${id}`)
    mkdirSync(ofNode, { recursive: true })
    const propertiesPath = join(ofNode, 'server.properties')
    writeFileSync(propertiesPath, serverProperties(join(ofNode, 'data'), id, ports, additions))
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, ...additions.formatOptions]
    await run('java', ['-cp', classPath, ...format, '-c', propertiesPath], { timeout: FORMAT_TIMEOUT_MS })
    const { port, reachedPort } = portsOf(ports, id)
    const proxy = size === 1 ? null : new BrokerProxy(reachedPort, port)
    await proxy?.listen()
    nodes.push(makeNode(ofNode, propertiesPath, `127.0.0.1:${reachedPort}`, proxy))
  }
  try {
    // A majority has to be up before one is ready.
    await Promise.all(nodes.map(node => node.start()))
  } catch (error) {
    await Promise.all(nodes.map(node => node.kill()))
    throw error
  }
  return nodes
}

const classPath = join(libs, '*')
const HEAP_ALONE = ['-Xmx512m', '-Xms256m']
const HEAP_AMONG_OTHERS = ['-Xmx320m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

function makeNode(
  folder: string,
  propertiesPath: string,
  address: string,
  proxy: BrokerProxy | null,
): KillableKafka {
  const heap = proxy === null ? HEAP_ALONE : HEAP_AMONG_OTHERS
  const outputPath = join(folder, 'kafka.out')
  let kafka: ChildProcess | null = null
  const end = async (signal: NodeJS.Signals) => {
    const ending = kafka
    kafka = null
    if (ending !== null) await endProcess(ending, signal)
  }
  return {
    brokers: [address],
    async start() {
      const output = openSync(outputPath, 'a')
      kafka = spawn('java', [...heap, '-cp', classPath, 'kafka.Kafka', propertiesPath], {
        stdio: ['ignore', output, output],
      })
      killAtExit(kafka)
      await untilReady([address], kafka, outputPath)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    suspend: () => void kafka?.kill('SIGSTOP'),
    wake: () => void kafka?.kill('SIGCONT'),
    cutOff: () => proxy?.cut(),
    heal: () => proxy?.heal(),
  }
}

/** Where it listens, where it says that it is reached, and where controllers talk. */
type NodePorts = { readonly port: number; readonly reachedPort: number; readonly controllerPort: number }

function portsOf(nodes: readonly NodePorts[], id: number): NodePorts {
  const ports = nodes[id - 1]
  if (ports === undefined) throw new RangeError(`there is no node ${id}`)
  return ports
}

function serverProperties(
  dataPath: string,
  id: number,
  nodes: readonly NodePorts[],
  { listeners, properties }: Additions,
): string {
  const { port, reachedPort, controllerPort } = portsOf(nodes, id)
  const listened = [`PLAINTEXT://127.0.0.1:${port}`, ...listeners, `CONTROLLER://127.0.0.1:${controllerPort}`]
  const reached = [`PLAINTEXT://127.0.0.1:${reachedPort}`, ...listeners]
  const voters = nodes.map((node, index) => `${index + 1}@127.0.0.1:${node.controllerPort}`)
  const replicas = nodes.length
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `controller.quorum.voters=${voters.join(',')}`,
    `listeners=${listened.join(',')}`,
    `advertised.listeners=${reached.join(',')}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${dataPath}`,
    'auto.create.topics.enable=false',
    `offsets.topic.replication.factor=${replicas}`,
    'offsets.topic.num.partitions=4',
    `transaction.state.log.replication.factor=${replicas}`,
    `transaction.state.log.min.isr=${replicas === 1 ? 1 : 2}`,
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
