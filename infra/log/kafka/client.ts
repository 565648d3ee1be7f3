import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionOptions } from 'node:tls'
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import type { Logger } from 'pino'
import { EventLogError, LogUnavailableError } from '../event-log.ts'
import { silenceKafkajs } from './silence-kafkajs.ts'
import type { KafkaSockets } from './sockets.ts'

export type KafkaConnection = {
  /** "host:port" each; some are enough, the others are learned from them. */
  readonly brokers: readonly string[]
  readonly ssl?: boolean | ConnectionOptions | undefined
  readonly sasl?: SASLOptions | undefined
  readonly clientId: string
  /** Told of what is waited out or put up with; of what kafkajs itself has to say, at debug. */
  readonly logger?: KafkaLogger | undefined
}

export type KafkaLogger = Pick<Logger, 'debug' | 'warn'>

const CONNECTION_TIMEOUT_MS = 3_000
const REQUEST_TIMEOUT_MS = 30_000

/** With `sockets`, whoever holds them can end every connection of the client. */
export function createKafkaClient(connection: KafkaConnection, sockets?: KafkaSockets): Kafka {
  silenceKafkajs()
  const { logger } = connection
  const config: KafkaConfig = {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Per connection. Whoever uses the connection repeats on top of it, so this stays small.
    retry: { retries: 2, initialRetryTime: 200 },
    logLevel: logger ? logLevel.INFO : logLevel.NOTHING,
    logCreator: () => entry => {
      // Also what it calls errors: it retries most of them, and those that stay reach the caller as an EventLogError.
      const { message, timestamp: _, logger: __, ...details } = entry.log
      logger?.debug({ ...details, component: entry.namespace }, `kafkajs: ${message}`)
    },
  }
  if (sockets !== undefined) config.socketFactory = sockets.connect
  if (connection.ssl !== undefined) config.ssl = connection.ssl
  if (connection.sasl !== undefined) config.sasl = connection.sasl
  return new Kafka(config)
}

/**
 * `what` could not be done: an EventLogError that names the brokers and kafkajs's own last reason, and is a
 * LogUnavailableError where waiting may help.
 */
export function explainKafkaError(what: string, brokers: readonly string[], error: unknown): EventLogError {
  if (error instanceof EventLogError) return error
  const kind = isTransient(error) ? LogUnavailableError : EventLogError
  return new kind(
    `${what}: ${lastReason(error)}. Brokers: ${brokers.join(', ')}. ` +
      'Check that they are right (KAFKA_BROKERS), up, and reachable from here.',
    { cause: error },
  )
}

/** Whether the same request may succeed later. */
export function isTransient(error: unknown): boolean {
  const cause = originalCause(error)
  if (!(cause instanceof Error)) return false
  // kafkajs calls it final. It is what it makes of brokers that don't answer, or that have only just begun to.
  if (cause.name === 'KafkaJSGroupCoordinatorNotFound') return true
  return 'retriable' in cause && cause.retriable === true
}

const ATTEMPTS_MAX = 12
const PAUSE_MS = 250

/** For a few seconds: what one broker just did, such as making a topic, the next one asked may not know of yet. */
export async function retryTransient<Value>(step: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step()
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isTransient(error)) throw error
      await sleep(PAUSE_MS)
    }
  }
}

/** In kafkajs's own words. */
export function lastReason(error: unknown): string {
  const cause = originalCause(error)
  return cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
}

/** kafkajs wraps an error, again and again, in one that says only how often it was tried. */
function originalCause(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? originalCause(error.cause) : error
}

/** Rejects with `error()` when `step` takes longer than `timeoutMs`. */
export async function within<Value>(
  timeoutMs: number,
  step: Promise<Value>,
  error: () => Error,
): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(error()), timeoutMs)
  try {
    return await Promise.race([step, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
