import type { ConnectionOptions } from 'node:tls'
import { type Cluster, Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import { EventLogError } from '../event-log.ts'
import { noteAnswer } from './answers.ts'
import { createTokenProvider, type TokenSource } from './fetch-token.ts'
import './mend-connections.ts'
import { silenceKafkajs } from './silence-kafkajs.ts'
import type { KafkaSockets } from './sockets.ts'

/** By a password, or by a token that an identity provider gives. */
export type KafkaLogin =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: string
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: TokenSource }

export type KafkaConnection = {
  /** "host:port" each; some are enough, the others are learned from them. */
  readonly brokers: readonly string[]
  readonly ssl?: boolean | ConnectionOptions | undefined
  readonly sasl?: KafkaLogin | undefined
  readonly clientId: string
  /** Told of what is waited out or put up with; of what kafkajs itself has to say, at debug. */
  readonly logger?: KafkaLogger | undefined
}

export type KafkaLogger = Readonly<
  Record<'debug' | 'warn' | 'error', (fields: object, message: string) => void>
>

const CONNECTION_TIMEOUT_MS = 3_000
const REQUEST_TIMEOUT_MS = 30_000

/** With `sockets`, whoever holds them can end every connection of the client. */
export function createKafkaClient(
  connection: KafkaConnection,
  sockets?: KafkaSockets,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
): Kafka {
  silenceKafkajs()
  const { logger } = connection
  const config: KafkaConfig = {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    // Per connection. Whoever uses the connection repeats on top of it, so this stays small.
    retry: { retries: 2, initialRetryTime: 200 },
    logLevel: logger ? logLevel.INFO : logLevel.ERROR,
    logCreator: () => entry => {
      // Also what it calls errors: it retries most of them, and those that stay reach the caller as an EventLogError.
      noteAnswer(entry.log)
      const { message, timestamp: _, logger: __, ...details } = entry.log
      logger?.debug({ ...details, component: entry.namespace }, `kafkajs: ${message}`)
    },
  }
  if (sockets !== undefined) config.socketFactory = sockets.connect
  if (connection.ssl !== undefined) config.ssl = connection.ssl
  if (connection.sasl !== undefined) config.sasl = toSasl(connection.sasl)
  return new Kafka(config)
}

/** Spelt out, since each mechanism is a type of its own to kafkajs. */
function toSasl(login: KafkaLogin): SASLOptions {
  switch (login.mechanism) {
    case 'oauthbearer':
      return { mechanism: login.mechanism, oauthBearerProvider: createTokenProvider(login.token) }
    case 'plain':
      return { ...login, mechanism: login.mechanism }
    case 'scram-sha-256':
      return { ...login, mechanism: login.mechanism }
    case 'scram-sha-512':
      return { ...login, mechanism: login.mechanism }
  }
}

const CREATE_CLUSTER = 'private:Kafka:createCluster'
const READ_UNCOMMITTED = 0
const METADATA_MAX_AGE_MS = 300_000

type CreateCluster = { readonly symbol: symbol; readonly create: (options: object) => Cluster }

/** kafkajs makes all of its clients of such a cluster, and shows it to nobody. */
function clustersOf(client: Kafka): CreateCluster {
  const symbol = Object.getOwnPropertySymbols(client).find(
    ({ description }) => description === CREATE_CLUSTER,
  )
  const create: unknown = symbol && Reflect.get(client, symbol)
  if (symbol === undefined || typeof create !== 'function') {
    throw new EventLogError('This release of kafkajs makes its connections in another way: expected 2.2.4.')
  }
  return { symbol, create: options => Reflect.apply(create, client, [options]) }
}

/** The brokers themselves, and who leads which partition: for reading without a group. */
export function createCluster(client: Kafka): Cluster {
  const options = { metadataMaxAge: METADATA_MAX_AGE_MS, allowAutoTopicCreation: false }
  return clustersOf(client).create(options)
}

/**
 * The same client, whose admin tells where the log ends. kafkajs's own tells where what is committed ends, which is
 * before an open transaction, and has no setting for it.
 */
export function countUncommitted(client: Kafka): Kafka {
  const { symbol, create } = clustersOf(client)
  const createUncommitted = (options: object) => create({ ...options, isolationLevel: READ_UNCOMMITTED })
  return new Proxy(client, {
    get: (target, name, receiver) =>
      name === symbol ? createUncommitted : Reflect.get(target, name, receiver),
  })
}
