import type { Admin, Kafka, Producer } from 'kafkajs'
import {
  type EventLog,
  EventLogError,
  type LogBounds,
  LogUnavailableError,
  type PartitionConsumer,
  type Subscription,
} from '../event-log.ts'
import { checkPartition, placeRecords } from '../place-records.ts'
import { namedPartition, type Share, sendRequest, splitIntoRequests } from './append.ts'
import { countUncommitted, createKafkaClient, type KafkaConnection } from './client.ts'
import { consumeKafka, type KafkaSource } from './consume.ts'
import { explainKafkaError } from './explain-error.ts'
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
import { within } from './wait.ts'

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
  const { partitionCount, recordBatchBytesMax } = facts

  const admin = new TopicAdmin(ofAll, connected)
  const committed = new TopicAdmin(client)
  const producer = connectOnce(() => createProducer(client))
  const subscriptions = new Set<Subscription>()
  const asked: Asked = {
    ...{ settings, partitionCount, admin },
    boundsOfAll: shareQuestion(() => askBoundsOfAll(topic, admin, committed)),
  }
  const boundsOf = (partition: number) => askBounds(asked, partition)
  const source: KafkaSource = {
    createClient: ofOne => createKafkaClient(settings, ofOne),
    brokers,
    topic,
    partitionCount,
    fetchBounds: boundsOf,
    checkTopic: createTopicCheck(settings, facts, admin),
    logger,
  }
  const consume = async (group: string, consumer: PartitionConsumer, abandon?: AbortSignal) => {
    const subscription = await consumeKafka(source, group, consumer, abandon)
    subscriptions.add(subscription)
    const ended = () => subscriptions.delete(subscription)
    subscription.finished.then(ended, ended)
    return subscription
  }
  const deleteGroup = async (group: string): Promise<void> => {
    await admin
      .ask(ready => ready.deleteGroups([group]))
      .catch(error => logger?.debug({ err: error, group }, 'a reader group was left for Kafka to delete'))
  }

  return {
    topic,
    partitionCount,
    async append(records) {
      const requests = splitIntoRequests(placeRecords(records, topic, partitionCount), recordBatchBytesMax)
      const what = `Could not append ${records.length} records to "${topic}", all or some: send them again`
      const send = async (request: Share[]) => sendRequest(await producer.get(), topic, request)
      for (const request of requests) await orExplain(what, brokers, send(request))
    },
    bounds: boundsOf,
    offsetForTime: (partition, timeMs) => askOffsetForTime(asked, partition, timeMs),
    read: (partition, fromOffset, toOffset) =>
      readKafka({ topic, fetchBounds: boundsOf, consume, deleteGroup }, partition, fromOffset, toOffset),
    consume,
    async close() {
      await Promise.all([...subscriptions].map(subscription => subscription.stop()))
      const late = () => new Error(`no answer within ${CLOSE_TIMEOUT_MS} ms`)
      await within(
        CLOSE_TIMEOUT_MS,
        Promise.all([producer.close(), admin.close(), committed.close()]),
        late,
      ).catch(error => logger?.debug({ err: error, topic }, 'the connections are ended without order'))
      sockets.shut()
    },
  }
}

/** Whoever may change a topic's settings may do so while it is counted. Each fault is told once. */
function createTopicCheck(settings: KafkaLogSettings, facts: TopicFacts, admin: TopicAdmin) {
  const { topic, logger } = settings
  let known = new Set(facts.warnings)
  let partitionCount = facts.partitionCount
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
    if (found.partitionCount === partitionCount) return
    partitionCount = found.partitionCount
    if (settings.isForeign)
      throw new EventLogError(
        `"${topic}" has ${partitionCount} partitions by now: open it again to read all.`,
      )
    const uncounted = `has ${partitionCount} partitions, and the first ${facts.partitionCount} are counted`
    logger?.error({ topic }, `the topic ${uncounted}: what is appended to the others is not`)
  }
}

/** What questions about the topic take. */
type Asked = {
  readonly settings: KafkaLogSettings
  readonly partitionCount: number
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
  const { settings, partitionCount, boundsOfAll } = asked
  const { topic, brokers } = settings
  checkPartition(topic, partition, partitionCount)
  const what = `Could not ask for the bounds of "${topic}"`
  const bounds = (await orExplain(what, brokers, boundsOfAll())).get(partition)
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
  const late = () => new Error(`no answer within ${OPEN_TIMEOUT_MS / 1_000} s`)
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
    createPartitioner: () => namedPartition,
  })
}

type Connected = { get(): Promise<Producer>; close(): Promise<void> }

/** Connected at the first append: most logs are only read. */
function connectOnce(create: () => Producer): Connected {
  let producer: Promise<Producer> | null = null
  const connect = async () => {
    const created = create()
    await created.connect()
    return created
  }
  return {
    get() {
      producer ??= connect().catch(error => {
        producer = null
        throw error
      })
      return producer
    },
    async close() {
      const connected = await producer?.catch(() => null)
      await connected?.disconnect()
    },
  }
}
