import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { positionError } from '../check-range.ts'
import {
  type LogBounds,
  LogUnavailableError,
  type PartitionConsumer,
  type Subscription,
} from '../event-log.ts'
import { HeldPartitions } from '../held-partitions.ts'
import type { KafkaLogger } from './client.ts'
import { Delivery } from './deliver.ts'
import type { FetchClient, Position } from './fetch-client.ts'
import { OUTAGE_MAX_MS, START_MAX_MS, waitOut } from './outage.ts'
import { LeaderReader } from './read-leaders.ts'
import { within } from './wait.ts'

export type KafkaSource = {
  /** A client of this subscription's own, and what ends all its connections. */
  readonly openClient: () => { readonly client: FetchClient; readonly shut: () => void }
  readonly topic: string
  readonly fetchBounds: (partition: number) => Promise<LogBounds>
  /** Rejects with EventLogError when the topic can no longer be relied on; says what else has changed. */
  readonly checkTopic: () => Promise<void>
  readonly logger: KafkaLogger | undefined
}

const WATCH_INTERVAL_MS = 15_000
const COMMIT_TIMEOUT_MS = 5_000
/** For an answer that is under way when everything ends. */
const LATE_MS = 3_000

/** Throws EventLogError when the brokers can't be read from. */
export async function consumeKafka(
  source: KafkaSource,
  group: string,
  consumer: PartitionConsumer,
): Promise<Subscription> {
  const subscription = new KafkaSubscription(source, group, consumer)
  await subscription.start()
  return subscription
}

/** Reads what is held from the partitions' leaders, and joins no group: nobody waits for a member of one. */
class KafkaSubscription implements Subscription {
  readonly #source: KafkaSource
  readonly #group: string
  readonly #consumer: PartitionConsumer
  readonly #client: FetchClient
  readonly #shut: () => void
  readonly #held: HeldPartitions
  readonly #reader: LeaderReader
  readonly #ending = new AbortController()
  readonly #late: Promise<null>
  #saidNotCommitted = false
  #isCommitting = false

  constructor(source: KafkaSource, group: string, consumer: PartitionConsumer) {
    const { client, shut } = source.openClient()
    const { topic, logger } = source
    this.#source = source
    this.#group = group
    this.#consumer = consumer
    this.#client = client
    this.#shut = shut
    this.#held = new HeldPartitions(consumer, (partition, signal) => this.#follow(partition, signal))
    this.#reader = new LeaderReader({
      ...{ client, topic, logger },
      checkPosition: position => this.#checkPosition(position, this.#ending.signal),
      fail: reason => this.#held.fail(reason),
    })
    this.#late = aborted(this.#held.stopping).then(() => setTimeout(LATE_MS, null, { ref: false }))
    const end = () => this.#end()
    this.finished.then(end, end)
  }

  get finished(): Promise<void> {
    return this.#held.finished
  }

  async start(): Promise<void> {
    try {
      await this.#whileAway(() => this.#client.connect(), this.#ending.signal, START_MAX_MS)
    } catch (error) {
      this.#held.fail(error)
      throw error
    }
    void this.#watch()
  }

  hold(partitions: ReadonlySet<number>): void {
    this.#held.hold(partitions)
  }

  async commit(nextOffsets: ReadonlyMap<number, number>): Promise<void> {
    const { topic, logger } = this.#source
    if (nextOffsets.size === 0 || this.#isCommitting || this.#ending.signal.aborted) return
    this.#isCommitting = true
    const late = () => new LogUnavailableError(`no answer within ${COMMIT_TIMEOUT_MS} ms`)
    try {
      await within(COMMIT_TIMEOUT_MS, this.#client.commit(this.#group, nextOffsets), late)
    } catch (error) {
      logger?.debug({ err: error, topic, group: this.#group }, 'offsets were not committed')
      if (this.#saidNotCommitted || !(error instanceof Error) || error instanceof LogUnavailableError) return
      this.#saidNotCommitted = true
      logger?.warn(
        { topic, group: this.#group, reason: error.message },
        'monitors of consumer lag are told nothing',
      )
    } finally {
      this.#isCommitting = false
    }
  }

  async stop(): Promise<void> {
    await this.#held.stop()
  }

  /** Nothing is asked for any more, and what still waits for an answer fails. */
  #end(): void {
    this.#ending.abort()
    this.#reader.end()
    this.#shut()
  }

  async #follow(partition: number, signal: AbortSignal): Promise<void> {
    const assign = () => this.#consumer.assign(partition)
    const fromOffset = await this.#whileAway(assign, signal, OUTAGE_MAX_MS)
    if (fromOffset !== null && !signal.aborted) {
      await this.#checkPosition({ partition, offset: fromOffset }, signal)
      const delivery = this.#deliver(partition, fromOffset)
      this.#reader.add(delivery)
      await aborted(signal)
      this.#reader.remove(delivery)
      await delivery.end()
    } else await aborted(signal)
  }

  #deliver(partition: number, fromOffset: number): Delivery {
    return new Delivery(partition, fromOffset, {
      receive: batch => this.#consumer.receive(batch),
      halt: async error => {
        // Of one partition; without a consumer that knows what to do, of everything.
        if (this.#consumer.halt === undefined) throw error
        await this.#consumer.halt(error)
      },
      onRoom: () => this.#reader.wake(),
      fail: reason => this.#held.fail(reason),
    })
  }

  async #checkPosition({ partition, offset }: Position, signal: AbortSignal): Promise<void> {
    const ask = () => this.#source.fetchBounds(partition)
    const bounds = await this.#whileAway(ask, signal, OUTAGE_MAX_MS)
    if (bounds === null) return
    const error = positionError({ topic: this.#source.topic, partition }, offset, bounds)
    if (error) throw error
  }

  /**
   * Null once the answer no longer matters. It is waited for all the same until everything ends: a consumer that is
   * asked about a partition must not be asked about it again before.
   */
  #whileAway<Answer>(ask: () => Promise<Answer>, signal: AbortSignal, limitMs: number) {
    const onWait = ({ message }: Error, waitedMs: number) =>
      this.#source.logger?.warn({ reason: message, waitedMs }, 'the log is away: waiting')
    return Promise.race([waitOut(ask, { limitMs, signal, onWait }), this.#late])
  }

  /** Where the log was cut or re-created while a partition rests, nothing may ever arrive that shows it. */
  async #watch(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      await setTimeout(WATCH_INTERVAL_MS, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      try {
        for (const delivery of this.#reader.deliveries) await this.#watchPosition(delivery)
        await this.#source.checkTopic()
      } catch (error) {
        this.#held.fail(error)
      }
    }
  }

  async #watchPosition(delivery: Delivery): Promise<void> {
    const { topic, logger } = this.#source
    const { partition, restingAt } = delivery
    if (restingAt === null) return
    const bounds = await this.#source.fetchBounds(partition).catch(error => {
      logger?.debug({ err: error, topic, partition }, 'the position could not be checked')
      return null
    })
    if (bounds === null || delivery.restingAt !== restingAt) return
    const error = positionError({ topic, partition }, restingAt, bounds)
    if (error) throw error
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
