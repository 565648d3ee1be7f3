import type { Admin, Kafka, Producer } from 'kafkajs'
import {
  type EventLog,
  EventLogError,
  type LogBounds,
  LogUnavailableError,
  type Subscription,
} from '../event-log.ts'
import { checkPartition, placeRecords } from '../place-records.ts'
import { namedPartition, type Share, sendRequest, splitIntoRequests } from './append.ts'
import { countUncommitted, createKafkaClient, type KafkaConnection } from './client.ts'
import { consumeKafka, type KafkaSource } from './consume.ts'
import { explainKafkaError } from './explain-error.ts'
import { FetchClient } from './fetch-client.ts'
import { readKafka } from './read.ts'
import { KafkaSockets } from './sockets.ts'
import {
  ensureTopic,
  fetchBounds,
  inspectTopic,
  type KafkaTopicSettings,
  TopicAdmin,
  type TopicFacts,
  toOffset,
} from './topic.ts'
import { NoAnswerError, within } from './wait.ts'

export type KafkaLogSettings = KafkaConnection & KafkaTopicSettings

const OPEN_TIMEOUT_MS = 15_000
const CLOSE_TIMEOUT_MS = 3_000

/** Throws EventLogError within 15 s when the brokers don't answer or the topic can't be counted from. */
export async function openKafkaLog(settings: KafkaLogSettings): Promise<EventLog> {
  const { topic, brokers, logger } = settings
  const sockets = new KafkaSockets()
  const client = createKafkaClient(settings, sockets)
  const ofAll = countUncommitted(client)
  const connected = ofAll.admin()
  const facts = await openTopic(connected, settings)
  const { recordBatchBytesMax } = facts
  /** Only grows. */
  const known: Known = { partitionCount: facts.partitionCount }

  const admin = new TopicAdmin(ofAll, connected)
  const committed = new TopicAdmin(client)
  const producer = connectOnce(() => createProducer(client))
  const subscriptions = new Set<Subscription>()
  const asked: Asked = {
    ...{ settings, known, admin },
    boundsOfAll: shareQuestion(async () => {
      const bounds = await askBoundsOfAll(topic, admin, committed)
      known.partitionCount = Math.max(known.partitionCount, bounds.size)
      return bounds
    }),
  }
  const boundsOf = (partition: number) => askBounds(asked, partition)
  const source: KafkaSource = {
    openClient: () => openFetchClient(settings),
    topic,
    fetchBounds: boundsOf,
    checkTopic: createTopicCheck(settings, facts, admin),
    logger,
  }
  const reading = openFetchClient(settings)

  return {
    topic,
    stampedBy: 'broker',
    get partitionCount() {
      return known.partitionCount
    },
    async append(records) {
      const { partitionCount } = known
      const requests = splitIntoRequests(placeRecords(records, topic, partitionCount), recordBatchBytesMax)
      const what = `Could not append ${records.length} records to "${topic}", all or some: send them again`
      const send = async (request: Share[]) => sendRequest(await producer.get(partitionCount), topic, request)
      for (const request of requests) await orExplain(what, brokers, send(request))
    },
    bounds: boundsOf,
    offsetForTime: (partition, timeMs) => askOffsetForTime(asked, partition, timeMs),
    read: (partition, fromOffset, toOffset) =>
      readKafka({ topic, fetchBounds: boundsOf, client: reading.client }, partition, fromOffset, toOffset),
    async consume(group, consumer) {
      const subscription = await consumeKafka(source, group, consumer)
      subscriptions.add(subscription)
      const ended = () => subscriptions.delete(subscription)
      subscription.finished.then(ended, ended)
      return subscription
    },
    async close() {
      await Promise.all([...subscriptions].map(subscription => subscription.stop()))
      const late = () => new Error(`no answer within ${CLOSE_TIMEOUT_MS} ms`)
      await within(
        CLOSE_TIMEOUT_MS,
        Promise.all([producer.close(), admin.close(), committed.close()]),
        late,
      ).catch(error => logger?.debug({ err: error, topic }, 'the connections are ended without order'))
      sockets.shut()
      reading.shut()
    },
  }
}

/** Whoever leads a partition answers at once or not at all: nothing that is asked of it takes long. */
const FETCH_TIMEOUT_MS = 5_000

function openFetchClient(settings: KafkaLogSettings) {
  const sockets = new KafkaSockets()
  const kafka = createKafkaClient(settings, sockets, FETCH_TIMEOUT_MS)
  const client = new FetchClient(kafka, sockets, settings)
  return { client, shut: () => sockets.shut() }
}

/** Whoever may change a topic's settings may do so while it is counted. Each fault is told once. */
function createTopicCheck(settings: KafkaLogSettings, facts: TopicFacts, admin: TopicAdmin) {
  const { topic, logger } = settings
  let known = new Set(facts.warnings)
  return async (): Promise<void> => {
    const found = await admin
      .ask(ready => inspectTopic(ready, topic, settings))
      .catch(error => {
        if (error instanceof EventLogError && !(error instanceof LogUnavailableError)) throw error
        logger?.debug({ err: error, topic }, "the topic's settings could not be checked")
        return null
      })
    if (found === null) return
    for (const warning of found.warnings) if (!known.has(warning)) logger?.warn({ topic }, warning)
    known = new Set(found.warnings)
    if (settings.isForeign && found.partitionCount !== facts.partitionCount)
      throw new LogUnavailableError(
        `"${topic}" has ${found.partitionCount} partitions by now: it is opened again to read all.`,
      )
  }
}

type Known = { partitionCount: number }

/** What questions about the topic take. */
type Asked = {
  readonly settings: KafkaLogSettings
  readonly known: Known
  readonly admin: TopicAdmin
  readonly boundsOfAll: () => Promise<ReadonlyMap<number, LogBounds>>
}

/** Asked of all partitions in one moment, Kafka is asked once: it can answer for all of them at a time. */
function shareQuestion<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let shared: Promise<Answer> | null = null
  return () => {
    // Not one that is under way: its answer may be older than what made somebody ask.
    shared ??= Promise.resolve().then(() => {
      shared = null
      return ask()
    })
    return shared
  }
}

/** What is committed is asked for last, so that what was appended in between looks like no open transaction. */
async function askBoundsOfAll(
  topic: string,
  admin: TopicAdmin,
  committed: TopicAdmin,
): Promise<ReadonlyMap<number, LogBounds>> {
  const all = await admin.ask(ready => fetchBounds(ready, topic))
  const readable = await committed.ask(ready => fetchBounds(ready, topic))
  return new Map(
    [...all].map(([partition, bounds]) => {
      const readableTo = readable.get(partition)?.endOffset ?? bounds.endOffset
      return [partition, readableTo < bounds.endOffset ? { ...bounds, openFrom: readableTo } : bounds]
    }),
  )
}

async function askBounds(asked: Asked, partition: number): Promise<LogBounds> {
  const { settings, known, boundsOfAll } = asked
  const { topic, brokers } = settings
  const what = `Could not ask for the bounds of "${topic}"`
  const bounds = (await orExplain(what, brokers, boundsOfAll())).get(partition)
  checkPartition(topic, partition, known.partitionCount)
  if (bounds) return bounds
  throw new LogUnavailableError(
    `Kafka names no bounds of partition ${partition} of "${topic}": try again shortly.`,
  )
}

async function askOffsetForTime(asked: Asked, partition: number, timeMs: number): Promise<number | null> {
  const { topic, brokers } = asked.settings
  const { endOffset } = await askBounds(asked, partition)
  // Negative times have meanings of their own to Kafka.
  const time = Math.max(0, Math.ceil(timeMs))
  const what = `Could not ask "${topic}" for the offset at ${new Date(time).toISOString()}`
  const question = asked.admin.ask(ready => ready.fetchTopicOffsetsByTimestamp(topic, time))
  const found = await orExplain(what, brokers, question)
  const offset = toOffset(found.find(answer => answer.partition === partition)?.offset ?? '-1')
  // Where there is none kafkajs answers the end of the partition, as it was after the question before.
  return offset >= 0 && offset < endOffset ? offset : null
}

async function orExplain<Value>(
  what: string,
  brokers: readonly string[],
  step: Promise<Value>,
): Promise<Value> {
  try {
    return await step
  } catch (error) {
    throw explainKafkaError(what, brokers, error)
  }
}

async function openTopic(admin: Admin, settings: KafkaLogSettings) {
  const what = `Could not open "${settings.topic}" on Kafka`
  const late = () => new NoAnswerError(OPEN_TIMEOUT_MS)
  try {
    return await within(OPEN_TIMEOUT_MS, connectAndEnsure(admin, settings), late)
  } catch (error) {
    // Not awaited: it may wait for the very answer that didn't come.
    admin.disconnect().catch(() => {})
    throw explainKafkaError(what, settings.brokers, error)
  }
}

async function connectAndEnsure(admin: Admin, settings: KafkaLogSettings) {
  await admin.connect()
  return ensureTopic(admin, settings, settings)
}

function createProducer(client: Kafka): Producer {
  return client.producer({
    allowAutoTopicCreation: false,
    // A retried request must not be overtaken by a later one.
    maxInFlightRequests: 1,
    // It asks who leads once it has failed, and waits then: by its next attempt that is old. Ours come at once.
    retry: { retries: 0 },
    createPartitioner: () => namedPartition,
  })
}

type Connected = { get(partitionCount: number): Promise<Producer>; close(): Promise<void> }

/**
 * Connected at the first append: most logs are only read. For a partition that the topic has got since, a new one: for
 * five minutes kafkajs believes what it learned of a topic.
 */
function connectOnce(create: () => Producer): Connected {
  const producers = new Map<number, Promise<Producer>>()
  const connect = async () => {
    const created = create()
    await created.connect()
    return created
  }
  return {
    get(partitionCount) {
      const known = producers.get(partitionCount)
      if (known !== undefined) return known
      const producer = connect().catch(error => {
        producers.delete(partitionCount)
        throw error
      })
      producers.set(partitionCount, producer)
      return producer
    },
    async close() {
      const connected = await Promise.all([...producers.values()].map(producer => producer.catch(() => null)))
      await Promise.all(connected.map(producer => producer?.disconnect()))
    },
  }
}
