import { setTimeout } from 'node:timers/promises'
// Node finds this one of its exports only by way of the default one.
import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import { EventLogError, type LogBounds, LogUnavailableError } from '../event-log.ts'
import type { KafkaConnection } from './client.ts'
import { isUnknownTopic } from './explain-error.ts'
import { judgeTopic, RECORD_BATCH_BYTES_MAX, RETENTION_MS } from './judge-topic.ts'
import { retryTransient } from './wait.ts'

export type KafkaTopicSettings = {
  readonly topic: string
  /** Of a topic that doesn't exist yet; an existing one keeps its own. */
  readonly partitionCount: number
  readonly replicationFactor: number
  /** Somebody else's: it is read and never made, and its times mean nothing here. */
  readonly isForeign?: true
}

export type TopicFacts = {
  readonly partitionCount: number
  readonly recordBatchBytesMax: number
  /** What is to be known of, each with the command that mends it. */
  readonly warnings: readonly string[]
}

/** Makes the topic when it is missing. Throws EventLogError when there is one that can't be counted from. */
export async function ensureTopic(
  admin: Admin,
  settings: KafkaTopicSettings,
  connection: KafkaConnection,
): Promise<TopicFacts> {
  if (!(await isThere(admin, settings.topic))) {
    if (settings.isForeign) throw missingTopicError(settings.topic)
    await createTopic(admin, settings)
    // Until every leader answers: kafkajs repeats an append that one partition refused on all of them.
    await retryTransient(() => fetchBounds(admin, settings.topic))
  }
  const facts = await retryTransient(() =>
    inspectTopic(admin, settings.topic, { ...connection, ...settings }),
  )
  for (const warning of facts.warnings) connection.logger?.warn({ topic: settings.topic }, warning)
  return facts
}

/**
 * A topic that this user may not see is not listed, as if it were missing. Asked for by its name, the brokers say which
 * it is: rejects where they may not tell.
 */
export async function isThere(admin: Admin, topic: string): Promise<boolean> {
  if ((await admin.listTopics()).includes(topic)) return true
  try {
    await admin.fetchTopicMetadata({ topics: [topic] })
    return true
  } catch (error) {
    if (isUnknownTopic(error)) return false
    throw error
  }
}

/** Of a topic that is there. Throws EventLogError when it can't be counted from. */
export async function inspectTopic(
  admin: Admin,
  topic: string,
  connection: KafkaConnection & Pick<KafkaTopicSettings, 'isForeign'>,
): Promise<TopicFacts> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics.find(({ name }) => name === topic)?.partitions ?? []
  if (partitions.length === 0)
    throw new LogUnavailableError(`Kafka names no partition of "${topic}": try again shortly.`)

  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  })
  const entries = resources[0]?.configEntries ?? []
  const configs = new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
  const partitionCount = partitions.length
  const replicas = Math.min(...partitions.map(partition => partition.replicas.length))
  const faults = judgeTopic({ topic, partitionCount, replicas, configs }, connection, connection.isForeign)
  const refused = faults.filter(({ kind }) => kind === 'refused')
  if (refused.length > 0) throw new EventLogError(refused.map(({ text }) => text).join('\n'))
  const messageBytesMax = Number(configs.get('max.message.bytes') ?? RECORD_BATCH_BYTES_MAX)
  return {
    partitionCount,
    recordBatchBytesMax: Math.min(RECORD_BATCH_BYTES_MAX, messageBytesMax),
    warnings: faults.map(({ text }) => text),
  }
}

function missingTopicError(topic: string): EventLogError {
  return new EventLogError(
    `Kafka has no topic "${topic}", or this user may not see it: expected the topic that a shipper writes to.`,
  )
}

/** Another process may make it at the same moment: that is as good. */
async function createTopic(admin: Admin, settings: KafkaTopicSettings): Promise<void> {
  const { topic, partitionCount, replicationFactor } = settings
  await admin.createTopics({
    // Waited for by whoever asks for the topic next: kafkajs would take "not known yet" for a failure.
    waitForLeaders: false,
    topics: [
      {
        topic,
        numPartitions: partitionCount,
        replicationFactor,
        configEntries: [
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
          { name: 'cleanup.policy', value: 'delete' },
          { name: 'retention.ms', value: String(RETENTION_MS) },
          { name: 'retention.bytes', value: '-1' },
          // Of three replicas one may be down, and what was acknowledged is still on two.
          { name: 'min.insync.replicas', value: replicationFactor >= 3 ? '2' : '1' },
        ],
      },
    ],
  })
}

/** The bounds of each partition, by its number. */
export async function fetchBounds(admin: Admin, topic: string): Promise<Map<number, LogBounds>> {
  const partitions = await admin.fetchTopicOffsets(topic)
  return new Map(
    partitions.map(({ partition, low, high }) => [
      partition,
      { startOffset: toOffset(low), endOffset: toOffset(high) },
    ]),
  )
}

/** kafkajs hands offsets over as text. */
export function toOffset(text: string): number {
  const offset = Number(text)
  if (Number.isSafeInteger(offset)) return offset
  throw new EventLogError(`Kafka answered the offset ${text}: expected an integer of at most 2^53-1.`)
}

const ADMIN_ATTEMPTS_MAX = 4
/** Before the second attempt; each pause after it is twice as long. */
const ADMIN_PAUSE_MS = 500

/**
 * Questions to the cluster. kafkajs's admin client keeps what it learned of the partitions' leaders for good, so that
 * one that failed is replaced by a new one, which learns it afresh.
 */
export class TopicAdmin {
  readonly #client: Kafka
  /** Null until something is asked. */
  #admin: Promise<Admin> | null

  constructor(client: Kafka, connected: Admin | null = null) {
    this.#client = client
    this.#admin = connected && Promise.resolve(connected)
  }

  async ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      this.#admin ??= this.#connect()
      const asked = this.#admin
      try {
        return await question(await asked)
      } catch (error) {
        if (attempt === ADMIN_ATTEMPTS_MAX) throw error
        await setTimeout(ADMIN_PAUSE_MS * 2 ** (attempt - 1))
        if (this.#admin === asked) this.#admin = this.#replace(asked)
      }
    }
  }

  async close(): Promise<void> {
    const admin = await this.#admin?.catch(() => null)
    await admin?.disconnect()
  }

  async #replace(failed: Promise<Admin>): Promise<Admin> {
    const old = await failed.catch(() => null)
    await old?.disconnect().catch(() => {})
    return this.#connect()
  }

  async #connect(): Promise<Admin> {
    const admin = this.#client.admin()
    await admin.connect()
    return admin
  }
}
