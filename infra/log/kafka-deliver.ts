import type { EachBatchPayload } from 'kafkajs'
import { EventLogError, type PartitionConsumer, type RecordBatch } from './event-log.ts'
import { fetchedRange, toRecordBatch } from './kafka-positions.ts'
import { toOffset } from './kafka-topic.ts'

/** What a held partition asks of the subscription that holds it. */
export type Holder = {
  readonly receive: PartitionConsumer['receive']
  /** Rejects with EventLogError when the log can't be read from `offset` on. */
  checkPosition(partition: number, offset: number): Promise<void>
  /** Makes kafkajs fetch from `offset` next. */
  seek(partition: number, offset: number): void
  /** The consumer gave up a batch because a heartbeat failed: everything is to be asked about anew. */
  restart(): void
  /** The subscription can't go on. */
  fail(reason: unknown): void
}

const MISPLACED_FETCHES_MAX = 10

/** One partition from the moment `assign` is asked about it until it is revoked. */
export class HeldPartition {
  readonly partition: number
  #holder: Holder
  /** The next offset to deliver; null while nothing may be delivered. */
  #nextOffset: number | null = null
  #delivery: Promise<void> | null = null
  #misplacedFetches = 0

  constructor(partition: number, holder: Holder) {
    this.partition = partition
    this.#holder = holder
  }

  open(offset: number): void {
    this.#nextOffset = offset
    this.#holder.seek(this.partition, offset)
  }

  /** No delivery begins from now on; one that has begun is awaited by `delivered`. */
  silence(): void {
    this.#nextOffset = null
  }

  async delivered(): Promise<void> {
    while (this.#delivery) await this.#delivery
  }

  /** The offset that is waited for, or null while something is being delivered. */
  restingAt(): number | null {
    return this.#delivery ? null : this.#nextOffset
  }

  /** kafkajs's eachBatch. It retries what this throws, so only an error of its own heartbeat is thrown. */
  async eachBatch({ batch, heartbeat, resolveOffset }: EachBatchPayload): Promise<void> {
    // That of an empty batch, of which kafkajs knows nothing.
    await this.delivered()
    try {
      const range = fetchedRange(batch)
      if (this.#nextOffset === null) return
      if (range.fetchedFrom !== this.#nextOffset) {
        await this.#reposition(this.#nextOffset, range.fetchedFrom)
        return
      }
      await this.#deliver(toRecordBatch(batch, range), heartbeat)
    } catch (error) {
      if (error instanceof HeartbeatError) throw error.cause
      this.#holder.fail(error)
      return
    }
    // Not after a join in the meantime: it would move the position of the partition's next life.
    if (this.#nextOffset !== null) resolveOffset(batch.lastOffset())
  }

  /** kafkajs steps over a fetch of control records alone without calling eachBatch. */
  stepOver({ firstOffset, nextOffset, endOffset }: EmptyRange): void {
    if (this.#delivery || this.#nextOffset !== firstOffset) return
    const empty = { partition: this.partition, records: [], nextOffset, endOffset }
    this.#deliver(empty, async () => {}).catch(error => this.#holder.fail(error))
  }

  async #deliver(batch: RecordBatch, heartbeat: () => Promise<void>): Promise<void> {
    const failedHeartbeats: unknown[] = []
    const received = this.#holder.receive(batch, () =>
      heartbeat().catch(error => {
        failedHeartbeats.push(error)
        throw error
      }),
    )
    const settled = () => {
      this.#delivery = null
    }
    this.#delivery = received.then(settled, settled)
    try {
      await received
    } catch (error) {
      if (failedHeartbeats.length === 0) throw error
      this.#holder.restart()
      throw new HeartbeatError('The group took the partition away', { cause: failedHeartbeats[0] })
    }
    this.#misplacedFetches = 0
    if (this.#nextOffset !== null) this.#nextOffset = batch.nextOffset
  }

  /** A fetch from elsewhere is dropped and the position taken again, unless the log no longer holds it. */
  async #reposition(nextOffset: number, fetchedFrom: number): Promise<void> {
    await this.#holder.checkPosition(this.partition, nextOffset)
    this.#misplacedFetches += 1
    if (this.#misplacedFetches > MISPLACED_FETCHES_MAX) {
      throw new EventLogError(
        `Kafka does not deliver partition ${this.partition} from offset ${nextOffset}: ` +
          `${MISPLACED_FETCHES_MAX} fetches in a row began elsewhere, the last one at ${fetchedFrom}.`,
      )
    }
    if (this.#nextOffset !== null) this.#holder.seek(this.partition, nextOffset)
  }
}

/** The offsets of a fetch that held no record. */
export type EmptyRange = {
  readonly firstOffset: number
  readonly nextOffset: number
  readonly endOffset: number
}

/** As kafkajs's events tell them. */
export function emptyRange(
  firstOffset: string | null,
  lastOffset: string,
  highWatermark: string,
): EmptyRange {
  const nextOffset = toOffset(lastOffset) + 1
  return {
    firstOffset: toOffset(firstOffset ?? lastOffset),
    nextOffset,
    endOffset: Math.max(toOffset(highWatermark), nextOffset),
  }
}

/** Carries kafkajs's own error past the consumer's back to kafkajs, as its cause. */
class HeartbeatError extends Error {
  override name = 'HeartbeatError'
}
