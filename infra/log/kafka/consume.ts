import type { Consumer } from 'kafkajs'
import { positionError } from '../check-range.ts'
import type { LogBounds, PartitionConsumer, Subscription, UnreadableRecordsError } from '../event-log.ts'
import { emptyRange, HeldPartition, type Holder } from './deliver.ts'
import { explainKafkaError, isTransient, lastReason } from './explain-error.ts'
import { createGroupMember, type GroupMember, type GroupSource } from './group.ts'
import type { Outage } from './outage.ts'
import { retryTransient, within } from './wait.ts'

export type KafkaSource = GroupSource & {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitionCount: number
  readonly fetchBounds: (partition: number) => Promise<LogBounds>
  /** Rejects with EventLogError when the topic can no longer be relied on; says what else has changed. */
  readonly checkTopic: () => Promise<void>
}

const WATCH_INTERVAL_MS = 15_000
/** For an assignment that is under way at a stop. */
const MOVE_TIMEOUT_MS = 3_000
const COMMIT_TIMEOUT_MS = 5_000
/** Before what kafkajs gave up is begun anew. */
const RETRY_MS = 500

/** Throws EventLogError when the group can't be joined. */
export async function consumeKafka(
  source: KafkaSource,
  group: string,
  consumer: PartitionConsumer,
  abandon?: AbortSignal,
): Promise<Subscription> {
  const subscription = new KafkaSubscription(source, group, consumer, createGroupMember(source, group))
  const giveUp = () => void subscription.stop()
  abandon?.addEventListener('abort', giveUp)
  if (abandon?.aborted) giveUp()
  await subscription.start()
  abandon?.removeEventListener('abort', giveUp)
  return subscription
}

/**
 * What kafkajs does with positions (2.2.4, src/consumer), and what is done about it here:
 * - On every join it forgets them and would go on at the committed offsets. So each join is a new generation: nothing
 *   of an older one is delivered any more, all partitions are revoked and asked about again. The join event comes
 *   before the first fetch, so pausing in its handler keeps everything unread until `seek` and `resume`.
 * - It drops what is in flight when a partition is paused or sought, but not what is queued for `eachBatch`, and one
 *   broker's fetches go on while another's error leads to a join. So each batch must begin where the last one ended.
 * - When the log doesn't hold a position it goes on at the start without a word. The batches show that by where they
 *   begin, and a partition without any is compared with the log's bounds every few seconds.
 * - What `eachBatch` throws it retries. So only its own errors are thrown to it; the consumer's end the subscription.
 */
class KafkaSubscription implements Subscription {
  readonly finished: Promise<void>
  #source: KafkaSource
  #kafka: Consumer
  #group: string
  #consumer: PartitionConsumer
  #holder: Holder
  #outage: Outage
  #disconnect: () => Promise<void>
  #outcome = Promise.withResolvers<void>()
  #held = new Map<number, HeldPartition>()
  #assigned: readonly number[] = []
  #firstJoin = Promise.withResolvers<void>()
  #generation = 0
  /** Moves from one generation to the next, one after the other; never rejects. */
  #moves = Promise.resolve()
  #end: Promise<void> | null = null
  #failure: { readonly reason: unknown } | null = null
  #watch: NodeJS.Timeout | undefined

  constructor(source: KafkaSource, group: string, consumer: PartitionConsumer, member: GroupMember) {
    const { kafka, outage, disconnect } = member
    this.#source = source
    this.#kafka = kafka
    this.#group = group
    this.#consumer = consumer
    this.#outage = outage
    this.#disconnect = disconnect
    this.#holder = {
      receive: (batch, heartbeat) => consumer.receive(batch, heartbeat),
      checkPosition: (partition, offset) => this.#checkPosition(partition, offset),
      seek: (partition, offset) => kafka.seek({ topic: source.topic, partition, offset: String(offset) }),
      restart: () => this.#begin(),
      halt: error => this.#halt(error),
      fail: reason => this.#fail(reason),
    }
    this.finished = this.#outcome.promise
    // Whoever consumes looks at it when it likes; until then its rejection is no unhandled one.
    this.finished.catch(() => {})
  }

  async start(): Promise<void> {
    const { topic, brokers, logger } = this.#source
    const kafka = this.#kafka
    kafka.on(kafka.events.GROUP_JOIN, ({ payload }) => {
      this.#firstJoin.resolve()
      this.#assigned = payload.memberAssignment[topic] ?? []
      this.#begin()
    })
    kafka.on(kafka.events.STOP, () => {
      this.#assigned = []
      this.#begin()
    })
    kafka.on(kafka.events.CRASH, ({ payload }) => {
      // What kafkajs was doing when it was told to stop is no failure.
      if (this.#end) return
      const { error, restart } = payload
      const mayEnd = restart || (isTransient(error) && this.#outage.mayEnd())
      if (mayEnd) {
        const reason = lastReason(error)
        logger?.warn({ topic, group: this.#group, reason }, 'consuming broke off; trying again')
        if (!restart) setTimeout(() => void this.#run(), RETRY_MS)
      } else this.#fail(explainKafkaError(`Consuming "${topic}" as ${this.#group} failed`, brokers, error))
    })
    kafka.on(kafka.events.START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return
      const { partition, firstOffset, lastOffset, highWatermark } = payload
      this.#held.get(partition)?.stepOver(emptyRange(firstOffset, lastOffset, highWatermark))
    })
    try {
      await kafka.connect()
      await retryTransient(() => kafka.subscribe({ topic, fromBeginning: true }))
    } catch (error) {
      this.#failToJoin(error)
    }
    await this.#run()
    // kafkajs reports a join that failed as a crash only, and may still try again.
    await Promise.race([this.#firstJoin.promise, this.finished])
    if (this.#end === null) this.#watch = setInterval(() => void this.#watchPositions(), WATCH_INTERVAL_MS)
  }

  async #run(): Promise<void> {
    if (this.#end) return
    const running = this.#kafka.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#source.partitionCount,
      eachBatch: async payload => this.#held.get(payload.batch.partition)?.eachBatch(payload),
    })
    await running.catch(error => this.#failToJoin(error))
  }

  /** Of one partition; without a consumer that knows what to do, of everything. */
  async #halt(error: UnreadableRecordsError): Promise<void> {
    if (this.#consumer.halt === undefined) throw error
    this.#kafka.pause([{ topic: this.#source.topic, partitions: [error.partition] }])
    await this.#consumer.halt(error)
  }

  #failToJoin(error: unknown): void {
    if (this.#end) return
    const { topic, brokers } = this.#source
    this.#fail(explainKafkaError(`Could not join the group ${this.#group} of "${topic}"`, brokers, error))
  }

  async commit(nextOffsets: ReadonlyMap<number, number>): Promise<void> {
    const { topic, logger } = this.#source
    const offsets = [...nextOffsets]
      .filter(([partition]) => this.#held.has(partition))
      .map(([partition, nextOffset]) => ({ topic, partition, offset: String(nextOffset) }))
    if (offsets.length === 0 || this.#end) return
    const late = () => new Error(`no answer within ${COMMIT_TIMEOUT_MS} ms`)
    await within(COMMIT_TIMEOUT_MS, this.#kafka.commitOffsets(offsets), late).catch(error =>
      logger?.debug({ err: error, topic, group: this.#group }, 'offsets were not committed'),
    )
  }

  async stop(): Promise<void> {
    await this.#finish()
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason }
    void this.#finish()
  }

  #finish(): Promise<void> {
    this.#end ??= this.#leave()
    return this.#end
  }

  async #leave(): Promise<void> {
    clearInterval(this.#watch)
    this.#silence()
    await this.#disconnect()
    const late = () => new Error(`no answer within ${MOVE_TIMEOUT_MS} ms`)
    await within(MOVE_TIMEOUT_MS, this.#moves, late).catch(error =>
      this.#source.logger?.debug({ err: error, group: this.#group }, 'an assignment is not waited for'),
    )
    await this.#release().catch(reason => {
      this.#failure ??= { reason }
    })
    if (this.#failure) this.#outcome.reject(this.#failure.reason)
    else this.#outcome.resolve()
  }

  /** A new generation: nothing is delivered until the partitions have been given up and asked about again. */
  #begin(): void {
    const generation = this.#silence()
    if (this.#assigned.length > 0) {
      this.#kafka.pause([{ topic: this.#source.topic, partitions: [...this.#assigned] }])
    }
    this.#moves = this.#moves.then(() => this.#move(generation)).catch(error => this.#fail(error))
  }

  #silence(): number {
    for (const held of this.#held.values()) held.silence()
    this.#generation += 1
    return this.#generation
  }

  async #move(generation: number): Promise<void> {
    await this.#release()
    if (generation !== this.#generation || this.#end) return
    const counted = this.#assigned.filter(partition => partition < this.#source.partitionCount)
    const starts = counted.map(partition => this.#startPartition(partition, generation))
    const failed = (await Promise.allSettled(starts)).find(outcome => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** Gives up what is held, once what is being delivered of it is done. */
  async #release(): Promise<void> {
    await Promise.all([...this.#held.values()].map(held => held.delivered()))
    const partitions = [...this.#held.keys()]
    this.#held.clear()
    if (partitions.length > 0) this.#consumer.revoke(partitions)
  }

  async #startPartition(partition: number, generation: number): Promise<void> {
    const held = new HeldPartition(partition, this.#holder)
    this.#held.set(partition, held)
    const offset = await this.#whileAway(generation, () => this.#consumer.assign(partition))
    if (offset === null || generation !== this.#generation) return
    await this.#checkPosition(partition, offset)
    if (generation !== this.#generation) return
    held.open(offset)
    this.#kafka.resume([{ topic: this.#source.topic, partitions: [partition] }])
  }

  async #checkPosition(partition: number, offset: number): Promise<void> {
    const bounds = await this.#whileAway(this.#generation, () => this.#source.fetchBounds(partition))
    if (bounds === null) return
    const error = positionError({ topic: this.#source.topic, partition }, offset, bounds)
    if (error) throw error
  }

  /** Null when the answer no longer matters: the partition was taken away in the meantime. */
  #whileAway<Answer>(generation: number, ask: () => Promise<Answer>): Promise<Answer | null> {
    const onWait = (error: Error) =>
      this.#source.logger?.warn({ reason: error.message }, 'the log is away: waiting')
    return this.#outage.waitOut(ask, () => generation !== this.#generation, onWait)
  }

  /** Where the log was cut or re-created while a partition rests, nothing may ever arrive that shows it. */
  async #watchPositions(): Promise<void> {
    const { topic, logger } = this.#source
    for (const held of this.#held.values()) {
      const offset = held.restingAt()
      if (offset === null) continue
      try {
        const bounds = await this.#source.fetchBounds(held.partition)
        if (held.restingAt() !== offset) continue
        const error = positionError({ topic, partition: held.partition }, offset, bounds)
        if (error) this.#fail(error)
      } catch (error) {
        logger?.debug({ err: error, topic, partition: held.partition }, 'the position could not be checked')
      }
    }
    await this.#source.checkTopic().catch(error => this.#fail(error))
  }
}
