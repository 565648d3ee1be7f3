import { join } from 'node:path'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { ANNOUNCE_POLICIES, type AnnouncePolicy } from '@forbruk/schemas/statement/announcement.ts'
import { z } from 'zod'
import type { KafkaLogSettings } from '../log/kafka/kafka-log.ts'
import type { EmbeddedLogSettings } from '../log/sqlite/sqlite-log.ts'
import type { SchemaRegistrySettings } from '../schema-registry/ask-registry.ts'
import type { StoreSettings } from '../store/store-settings.ts'
import { type Address, isLoopback } from './address.ts'
import { refuse } from './config-error.ts'
import { findSecurityContradictions, KAFKA_SECURITY, readSasl, readSsl } from './kafka-security.ts'
import { findLoginContradictions, LOGIN_SETTINGS, type LoginSettings, readLogin } from './login-settings.ts'
import {
  baseUrlVariable,
  brokersVariable,
  countVariable,
  type IntakeKey,
  intakesVariable,
  listenVariable,
  monthVariable,
  pathVariable,
  scheduleVariable,
  signingSecretVariable,
  textVariable,
  tokenVariable,
  topicVariable,
  urlVariable,
  webhooksVariable,
} from './variables.ts'

/** Where everything is and how to reach it, read once from the environment. */
export type Config = {
  readonly log: LogConfig
  readonly store: StoreSettings
  /** The folder of the embedded parts and of the shipper's positions. */
  readonly dataDir: string
  /** The tariff file, or null for the one shipped with Forbruk. */
  readonly tariffPath: string | null
  /** The file of whoever invoices, or null: then nothing can be exported as invoices. */
  readonly sellerPath: string | null
  /** Where an embedded store answers ClickHouse's HTTP protocol. */
  readonly storeListen: Address
  readonly alerts: AlertsConfig
  /** What `forbruk up` takes in from topics of shippers, each as `forbruk intake` would. */
  readonly intakes: readonly ReadonlyMap<IntakeKey, string>[]
  /** Where the schemas stand that records name by an id; null where there is none. */
  readonly schemaRegistry: SchemaRegistrySettings | null
  readonly console: ConsoleConfig
  readonly collector: CollectorConfig
  /** The topic that statements are announced on. */
  readonly statementsTopic: string
  /** When ended months are closed, as a cron expression in the tariff's time zone; null: only by command or request. */
  readonly closeSchedule: string | null
  /** The first month that is closed by schedule; null: whatever follows a month that is closed. */
  readonly closeFrom: BillingPeriod | null
  /** When closes may be announced; null: those by a person at once, those by schedule once a person approves them. */
  readonly announce: AnnouncePolicy | null
  /** How long, and how many, rejected events are kept one by one. */
  readonly rejected: { readonly monthsMax: number; readonly rowsMax: number }
  readonly logLevel: LogLevel
}

type ConsoleConfig = {
  readonly listen: Address
  /** What a request must present to be answered where that is asked for; null where nothing is asked for. */
  readonly token: string | null
  /** Where people log in; null: nowhere. */
  readonly login: LoginSettings | null
  /** Where browsers reach the console; null: at the address that is listened on. */
  readonly publicUrl: URL | null
}

type CollectorConfig = {
  /** Null: `forbruk up` collects nothing, and `forbruk collect` listens where it does by default. */
  readonly listen: Address | null
  /** The file of those who may send, or null: then whoever has an account on the machine may, and nobody else. */
  readonly tokensPath: string | null
}

type LogConfig =
  | ({ readonly kind: 'kafka' } & Omit<KafkaLogSettings, 'logger'>)
  | ({ readonly kind: 'embedded' } & Omit<EmbeddedLogSettings, 'clock'>)

/** Where alerts about a client's usage go. */
type AlertsConfig = {
  /** Beside the topic that is counted, on the same log. */
  readonly topic: string
  /** None, or a secret to sign with. */
  readonly webhooks: readonly URL[]
  readonly secret: string
}

export type LogLevel = z.infer<typeof logLevelShape>

export type Environment = Readonly<Record<string, string | undefined>>

/** A webhook's URL is often all that it takes to call it. */
const SECRET = /PASSWORD|SECRET|API_TOKEN|WEBHOOKS/

const CLIENT_ID = 'forbruk'

const logLevelShape = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
  error: 'expected one of trace, debug, info, warn, error, fatal, silent',
})

const announceShape = z.enum(ANNOUNCE_POLICIES, { error: 'expected immediately or after-approval' })

const shape = z.object({
  KAFKA_BROKERS: brokersVariable.optional(),
  KAFKA_TOPIC: topicVariable.default('gateway.requests'),
  KAFKA_ALERTS_TOPIC: topicVariable.default('usage.alerts'),
  KAFKA_STATEMENTS_TOPIC: topicVariable.default('billing.statements'),
  KAFKA_PARTITIONS: countVariable(1, 1_024).default(8),
  KAFKA_REPLICATION_FACTOR: countVariable(1, 32).optional(),
  ...KAFKA_SECURITY,
  ...LOGIN_SETTINGS,
  CLICKHOUSE_URL: urlVariable.optional(),
  CLICKHOUSE_USER: textVariable.default('default'),
  CLICKHOUSE_PASSWORD: textVariable.default(''),
  CLICKHOUSE_DATABASE: textVariable
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a name of letters, digits and underscores')
    .default('forbruk'),
  FORBRUK_DATA_DIR: textVariable.default('./data'),
  FORBRUK_TARIFF: textVariable.optional(),
  FORBRUK_SELLER: textVariable.optional(),
  FORBRUK_ALERT_WEBHOOKS: webhooksVariable.default([]),
  FORBRUK_ALERT_SECRET: signingSecretVariable.optional(),
  FORBRUK_INTAKE: intakesVariable.default([]),
  SCHEMA_REGISTRY_URL: baseUrlVariable.optional(),
  SCHEMA_REGISTRY_USER: textVariable.optional(),
  SCHEMA_REGISTRY_PASSWORD: textVariable.default(''),
  FORBRUK_STORE_LISTEN: listenVariable.prefault('127.0.0.1:8123'),
  FORBRUK_LISTEN: listenVariable.prefault('127.0.0.1:8080'),
  FORBRUK_API_TOKEN: tokenVariable.optional(),
  FORBRUK_COLLECT_LISTEN: listenVariable.optional(),
  FORBRUK_COLLECTOR_TOKENS: pathVariable.optional(),
  FORBRUK_CLOSE_SCHEDULE: scheduleVariable.prefault('0 6 2 * *'),
  FORBRUK_CLOSE_FROM: monthVariable.optional(),
  FORBRUK_ANNOUNCE: announceShape.optional(),
  FORBRUK_REJECTED_MONTHS: countVariable(0, 1_200).default(13),
  FORBRUK_REJECTED_ROWS: countVariable(0, 999_999_999).default(1_000_000),
  LOG_LEVEL: logLevelShape.default('info'),
})

type Variables = z.infer<typeof shape>

/** Set to nothing, it may be a secret that was not delivered: to go on without one would open what it keeps shut. */
const NEVER_NOTHING = new Set(['FORBRUK_API_TOKEN', 'FORBRUK_COLLECTOR_TOKENS', 'FORBRUK_OIDC_ISSUER'])

/**
 * Throws ConfigError. A variable set to nothing counts as not set, but for tokens and the issuer. Reads the files of
 * KAFKA_SSL_*, nothing else.
 */
export function readConfig(env: Environment): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => value !== undefined && (value !== '' || NEVER_NOTHING.has(name)),
    ),
  )
  const parsed = shape.safeParse(set)
  const faults = parsed.success
    ? findContradictions(parsed.data)
    : parsed.error.issues.map(({ path, message }) => describeFault(String(path[0]), set, message))
  if (faults.length > 0 || !parsed.success) throw refuse(faults)

  const variables = parsed.data
  const dataDir = variables.FORBRUK_DATA_DIR
  return {
    log: readLog(variables),
    store: readStore(variables),
    dataDir,
    tariffPath: variables.FORBRUK_TARIFF ?? null,
    sellerPath: variables.FORBRUK_SELLER ?? null,
    storeListen: variables.FORBRUK_STORE_LISTEN,
    alerts: {
      topic: variables.KAFKA_ALERTS_TOPIC,
      webhooks: variables.FORBRUK_ALERT_WEBHOOKS,
      secret: variables.FORBRUK_ALERT_SECRET ?? '',
    },
    intakes: variables.FORBRUK_INTAKE,
    schemaRegistry: readSchemaRegistry(variables),
    console: {
      listen: variables.FORBRUK_LISTEN,
      token: variables.FORBRUK_API_TOKEN ?? null,
      login: readLogin(variables),
      publicUrl: variables.FORBRUK_PUBLIC_URL ?? null,
    },
    collector: {
      listen: variables.FORBRUK_COLLECT_LISTEN ?? null,
      tokensPath: variables.FORBRUK_COLLECTOR_TOKENS ?? null,
    },
    statementsTopic: variables.KAFKA_STATEMENTS_TOPIC,
    closeSchedule: variables.FORBRUK_CLOSE_SCHEDULE,
    closeFrom: variables.FORBRUK_CLOSE_FROM ?? null,
    announce: variables.FORBRUK_ANNOUNCE ?? null,
    rejected: { monthsMax: variables.FORBRUK_REJECTED_MONTHS, rowsMax: variables.FORBRUK_REJECTED_ROWS },
    logLevel: variables.LOG_LEVEL,
  }
}

function describeFault(name: string, set: Environment, expected: string): string {
  const value = SECRET.test(name) ? '(not shown)' : JSON.stringify(withoutUserInfo(set[name] ?? ''))
  return `${name}=${value}: ${expected}`
}

/** A URL can hold a password, which can hold what ends one elsewhere. */
function withoutUserInfo(value: string): string {
  const start = value.indexOf('//')
  const end = value.lastIndexOf('@')
  return start === -1 || end < start ? value : `${value.slice(0, start)}//***${value.slice(end)}`
}

function findContradictions(variables: Variables): string[] {
  const faults = [
    ...findSecurityContradictions(variables),
    ...findLoginContradictions(variables, isLoopback(variables.FORBRUK_LISTEN.host)),
  ]
  if (variables.FORBRUK_ALERT_WEBHOOKS.length > 0 && variables.FORBRUK_ALERT_SECRET === undefined) {
    faults.push('FORBRUK_ALERT_SECRET is not set: expected the secret that signs what goes to the webhooks')
  }
  if (variables.KAFKA_ALERTS_TOPIC === variables.KAFKA_TOPIC) {
    faults.push(`KAFKA_ALERTS_TOPIC="${variables.KAFKA_TOPIC}": expected another topic than KAFKA_TOPIC`)
  }
  if (variables.FORBRUK_INTAKE.length > 0 && variables.KAFKA_BROKERS === undefined) {
    faults.push('FORBRUK_INTAKE is set: expected KAFKA_BROKERS with it, where those topics are')
  }
  const { FORBRUK_COLLECT_LISTEN: collect } = variables
  if (
    collect !== undefined &&
    !isLoopback(collect.host) &&
    variables.FORBRUK_COLLECTOR_TOKENS === undefined
  ) {
    faults.push(
      `FORBRUK_COLLECT_LISTEN="${collect.host}:${collect.port}": expected FORBRUK_COLLECTOR_TOKENS with it, ` +
        `or an address of this machine alone, such as 127.0.0.1:${collect.port}`,
    )
  }
  if (variables.KAFKA_STATEMENTS_TOPIC === variables.KAFKA_TOPIC) {
    faults.push(`KAFKA_STATEMENTS_TOPIC="${variables.KAFKA_TOPIC}": expected another topic than KAFKA_TOPIC`)
  }
  return faults
}

function readLog(variables: Variables): LogConfig {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_PARTITIONS: partitionCount } = variables
  if (brokers === undefined) {
    return { kind: 'embedded', path: join(variables.FORBRUK_DATA_DIR, 'log.sqlite'), topic, partitionCount }
  }
  const sasl = readSasl(variables)
  return {
    kind: 'kafka',
    clientId: CLIENT_ID,
    brokers,
    ssl: readSsl(variables),
    ...(sasl === null ? {} : { sasl }),
    topic,
    partitionCount,
    // Three copies where there seem to be brokers for them; a single broker can hold but one.
    replicationFactor: variables.KAFKA_REPLICATION_FACTOR ?? (brokers.length >= 3 ? 3 : 1),
  }
}

function readSchemaRegistry(variables: Variables): SchemaRegistrySettings | null {
  const { SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_USER: username } = variables
  if (url === undefined) return null
  return {
    url,
    login: username === undefined ? null : { username, password: variables.SCHEMA_REGISTRY_PASSWORD },
  }
}

function readStore(variables: Variables): StoreSettings {
  const database = variables.CLICKHOUSE_DATABASE
  const url = variables.CLICKHOUSE_URL
  if (url === undefined)
    return { kind: 'embedded', path: join(variables.FORBRUK_DATA_DIR, 'store'), database }
  return {
    kind: 'server',
    url,
    user: variables.CLICKHOUSE_USER,
    password: variables.CLICKHOUSE_PASSWORD,
    database,
  }
}
