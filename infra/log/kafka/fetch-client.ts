import { createRequire } from 'node:module'
import type { Batch, Cluster, Kafka } from 'kafkajs'
import { createCluster, type KafkaConnection } from './client.ts'
import { explainKafkaError, findSilentBroker } from './explain-error.ts'
import { type FetchedRange, fetchedRange } from './positions.ts'
import type { KafkaSockets } from './sockets.ts'
import type { KafkaTopicSettings } from './topic.ts'

/** Also how long an idle reader takes to notice that a partition may be read, so it is short. */
const FETCH_WAIT_MS = 100
const FETCH_BYTES_MAX = 10_485_760
const PARTITION_BYTES_MAX = 1_048_576
const READ_COMMITTED = 1
/** As Kafka says it. */
const NO_LEADER = -1

/** What a broker answered of one partition, before kafkajs leaves out what was aborted, and what is no record. */
type FetchedPartition = { readonly partition: number; readonly messages: readonly object[] }
type FetchAnswer = {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[]
}

const require = createRequire(import.meta.url)
const KafkajsBatch: new (
  topic: string,
  fetchedOffset: string,
  fetched: FetchedPartition,
) => Batch = require('kafkajs/src/consumer/batch.js')

export type Position = { readonly partition: number; readonly offset: number }
export type Fetched = { readonly batch: Batch; readonly range: FetchedRange }

type TopicOfBrokers = Pick<KafkaTopicSettings, 'topic' | 'isForeign'> & Pick<KafkaConnection, 'brokers'>

/**
 * Reads from given positions, of whoever leads the partitions, without a group: who is a member of one decides nothing
 * here, so nobody waits for it. Every error is an EventLogError, one that waiting may mend a LogUnavailableError.
 */
export class FetchClient {
  readonly #cluster: Cluster
  readonly #sockets: KafkaSockets
  readonly #topic: string
  readonly #brokers: readonly string[]
  readonly #times: FetchedRange['times']
  #connected: Promise<void> | null = null
  #refreshed: Promise<void> | null = null

  /** Of somebody else's topic, whose times nothing rests on, records have times of anybody. */
  constructor(client: Kafka, sockets: KafkaSockets, { topic, brokers, isForeign }: TopicOfBrokers) {
    this.#cluster = createCluster(client)
    this.#sockets = sockets
    this.#topic = topic
    this.#brokers = brokers
    this.#times = isForeign ? 'of anybody' : 'of log'
  }

  /** Learns who leads which partition, unless that is known. */
  connect(): Promise<void> {
    this.#connected ??= this.#explain('Could not ask who leads the partitions', this.#connect()).catch(
      error => {
        this.#connected = null
        throw error
      },
    )
    return this.#connected
  }

  /** The node that leads it, as far as is known: -1, which is no node, where nobody does. */
  leaderOf(partition: number): number {
    const partitions = this.#cluster.findTopicPartitionMetadata(this.#topic)
    return partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? NO_LEADER
  }

  /** What its leader has from there on, of those that have anything; waits a moment where none does. */
  async fetch(leader: number, positions: readonly Position[]): Promise<Fetched[]> {
    const asked = new Map(positions.map(({ partition, offset }) => [partition, String(offset)]))
    const { responses } = await this.#explain(
      `Could not read from broker ${leader}`,
      this.#ask(leader, asked),
    )
    return responses.flatMap(({ partitions }) =>
      partitions.flatMap(fetched => {
        const from = asked.get(fetched.partition)
        // Of an empty answer kafkajs tells the end of the partition as its last offset.
        if (from === undefined || fetched.messages.length === 0) return []
        const batch = new KafkajsBatch(this.#topic, from, fetched)
        return [{ batch, range: fetchedRange(batch, this.#times) }]
      }),
    )
  }

  /** Asks anew who leads the partitions; whoever asks meanwhile shares the answer. */
  refresh(): Promise<void> {
    this.#refreshed ??= this.#explain(
      'Could not ask who leads the partitions',
      this.#cluster.refreshMetadata(),
    ).finally(() => {
      this.#refreshed = null
    })
    return this.#refreshed
  }

  /** As of a group without members, which lag monitors read. */
  commit(group: string, nextOffsets: ReadonlyMap<number, number>): Promise<void> {
    const partitions = [...nextOffsets].map(([partition, offset]) => ({ partition, offset: String(offset) }))
    return this.#explain(`Could not commit as ${group} how far counting is`, this.#commit(group, partitions))
  }

  async #commit(group: string, partitions: { partition: number; offset: string }[]): Promise<void> {
    const coordinator = await this.#cluster.findGroupCoordinator({ groupId: group })
    await coordinator.offsetCommit({
      ...{ groupId: group, groupGenerationId: -1, memberId: '' },
      topics: [{ topic: this.#topic, partitions }],
    })
  }

  async #connect(): Promise<void> {
    await this.#cluster.connect()
    await this.#cluster.addTargetTopic(this.#topic)
  }

  async #ask(leader: number, asked: ReadonlyMap<number, string>): Promise<FetchAnswer> {
    const broker = await this.#cluster.findBroker({ nodeId: String(leader) })
    const partitions = [...asked].map(([partition, fetchOffset]) => ({
      ...{ partition, fetchOffset, maxBytes: PARTITION_BYTES_MAX },
    }))
    return broker.fetch({
      isolationLevel: READ_COMMITTED,
      ...{ maxWaitTime: FETCH_WAIT_MS, minBytes: 1, maxBytes: FETCH_BYTES_MAX },
      topics: [{ topic: this.#topic, partitions }],
    })
  }

  async #explain<Value>(what: string, step: Promise<Value>): Promise<Value> {
    try {
      return await step
    } catch (error) {
      // kafkajs would ask whoever it is connected to, and so the one that stands still, who leads its partitions now.
      const silent = findSilentBroker(error)
      if (silent !== null) this.#sockets.cut(silent)
      throw explainKafkaError(`${what} of "${this.#topic}"`, this.#brokers, error)
    }
  }
}

/** The log doesn't hold one of the positions. */
export function isOutOfRange(error: unknown): boolean {
  return (
    error instanceof Error && error.cause instanceof Error && error.cause.name === 'KafkaJSOffsetOutOfRange'
  )
}
