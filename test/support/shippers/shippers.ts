import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { downloadJars } from '../maven/download-jars.ts'
import { findJavaAndMaven } from '../maven/find-java-and-maven.ts'
import { freePort } from '../process/free-port.ts'
import { killAtExit } from '../process/kill-at-exit.ts'

const CONFIGURATIONS = join(import.meta.dirname, '../../../infra/shippers')
const CACHE = join(import.meta.dirname, '../../../.cache')
const CONNECT_LIBS = join(CACHE, 'connect/libs')
const CONNECT_JAR = join(CONNECT_LIBS, 'connect-file-4.1.1.jar')
const ASK_TIMEOUT_MS = 30_000
const run = promisify(execFile)

/** Where it reads, keeps what it knows, and writes: the variables that each configuration names. */
type ShipperPaths = {
  readonly accessLog: string
  /** A folder of its own. */
  readonly state: string
  readonly brokers: readonly string[]
  readonly topic: string
}

type Command = { readonly file: string; readonly args: readonly string[] }

/** Somebody else's program with the configuration that Forbruk ships for it. */
export type Shipper = {
  readonly name: string
  /** Whether it goes on with the new file when the log is renamed. */
  readonly followsRotation: boolean
  /** Of `forbruk intake`. */
  readonly envelope: string
  /** A line, as a record has it. */
  wrap(line: string): string
  /** Why it can't be run here, or null when it can. */
  findObstacle(): Promise<string | null>
  command(state: string): Command
}

const rsyslog: Shipper = {
  name: 'rsyslog',
  followsRotation: true,
  envelope: 'lines',
  wrap: line => line,
  findObstacle: () => askForVersion('rsyslogd', '-v'),
  command: state => ({
    file: 'rsyslogd',
    args: ['-n', '-f', join(CONFIGURATIONS, 'rsyslog/rsyslog.conf'), '-i', join(state, 'pid')],
  }),
}

const syslogNg: Shipper = {
  name: 'syslog-ng',
  followsRotation: true,
  envelope: 'lines',
  wrap: line => line,
  findObstacle: () => askForVersion('syslog-ng', '--version'),
  command: state => ({
    file: 'syslog-ng',
    args: [
      ...['-F', '-f', join(CONFIGURATIONS, 'syslog-ng/syslog-ng.conf'), '-R', join(state, 'persist')],
      ...['-c', join(state, 'control'), '-p', join(state, 'pid')],
    ],
  }),
}

const kafkaConnect: Shipper = {
  name: 'Kafka Connect',
  followsRotation: false,
  envelope: 'lines',
  wrap: line => line,
  async findObstacle() {
    const missing = await findJavaAndMaven()
    if (missing !== null || existsSync(CONNECT_JAR)) return missing
    try {
      await downloadJars(join(import.meta.dirname, 'pom.xml'), CONNECT_LIBS)
      return null
    } catch {
      return "its jars can't be had"
    }
  },
  command: () => ({
    file: 'java',
    args: [
      ...['-Xmx256m', '-XX:+UseSerialGC', '-cp', join(CONNECT_LIBS, '*')],
      'org.apache.kafka.connect.cli.ConnectStandalone',
      join(CONFIGURATIONS, 'kafka-connect/worker.properties'),
      join(CONFIGURATIONS, 'kafka-connect/nginx.properties'),
    ],
  }),
}

const telegraf: Shipper = {
  name: 'Telegraf',
  followsRotation: true,
  envelope: 'lines',
  wrap: line => line,
  findObstacle: () => askForVersion('telegraf', '--version'),
  command: () => ({ file: 'telegraf', args: ['--config', join(CONFIGURATIONS, 'telegraf/telegraf.conf')] }),
}

const openTelemetry: Shipper = {
  name: 'OpenTelemetry collector',
  followsRotation: true,
  envelope: 'json-text',
  wrap: line => JSON.stringify(line),
  findObstacle: () => askForVersion('otelcol-contrib', '--help'),
  command: () => ({
    file: 'otelcol-contrib',
    args: ['--config', join(CONFIGURATIONS, 'otel-collector/collector.yaml')],
  }),
}

export const SHIPPERS: readonly Shipper[] = [rsyslog, syslogNg, kafkaConnect, telegraf, openTelemetry]

async function askForVersion(program: string, option: string): Promise<string | null> {
  try {
    await run(program, [option], { env: withSbin(), timeout: ASK_TIMEOUT_MS })
    return null
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return line
  }
}

/** Debian keeps daemons where a user's PATH does not look. */
function withSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
}

/** A shipper whose process may be killed at any moment and begins again with what it kept. */
export class RunningShipper {
  readonly #shipper: Shipper
  readonly #paths: ShipperPaths
  #process: ChildProcess | null = null

  constructor(shipper: Shipper, paths: ShipperPaths) {
    this.#shipper = shipper
    this.#paths = paths
    mkdirSync(paths.state, { recursive: true })
  }

  async start(): Promise<void> {
    const { accessLog, state, brokers, topic } = this.#paths
    const { file, args } = this.#shipper.command(state)
    const output = openSync(this.#output, 'a')
    this.#process = spawn(file, args, {
      env: {
        ...withSbin(),
        ACCESS_LOG: accessLog,
        SHIPPER_STATE: state,
        KAFKA_BROKERS: brokers.join(','),
        SHIPPER_TOPIC: topic,
        CONNECT_LISTENER: `http://127.0.0.1:${await freePort()}`,
      },
      stdio: ['ignore', output, output],
    })
    killAtExit(this.#process)
  }

  /** At once, as a crash ends it. */
  async kill(): Promise<void> {
    if (this.#process === null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
    this.#process = null
  }

  get #output(): string {
    return `${this.#paths.state}.out`
  }

  /** What it said, for a failure's message. */
  get said(): string {
    return readFileSync(this.#output, 'utf8').slice(-4_000)
  }
}
