import { setImmediate } from 'node:timers/promises'
import type { EachBatchPayload } from 'kafkajs'
import { EventLogError, type PartitionConsumer, type UnreadableRecordsError } from '../event-log.ts'
import { fetchedRange, toRecordBatch } from './positions.ts'
import { toOffset } from './topic.ts'

/** What a held partition asks of the subscription that holds it. */
export type Holder = {
  readonly receive: PartitionConsumer['receive']
  /** Rejects with EventLogError when the log can't be read from `offset` on. */
  checkPosition(partition: number, offset: number): Promise<void>
  /** Makes kafkajs fetch from `offset` next. */
  seek(partition: number, offset: number): void
  /** The consumer gave up a batch because a heartbeat failed: everything is to be asked about anew. */
  restart(): void
  /** Nothing behind what was received can be read. */
  halt(error: UnreadableRecordsError): Promise<void>
  /** The subscription can't go on. */
  fail(reason: unknown): void
}

const MISPLACED_FETCHES_MAX = 10

type Heartbeat = () => Promise<void>
type Unpack = () => ReturnType<typeof toRecordBatch>

/**
 * One partition from the moment `assign` is asked about it until it is revoked. kafkajs fetches only when every batch
 * of the fetch before is done with; so a batch is taken at once and delivered a turn later, while the next fetch is on
 * its way. No record of the next one is taken before this one is delivered, which bounds what waits.
 */
export class HeldPartition {
  readonly partition: number
  #holder: Holder
  /** The next offset to take; null while nothing may be taken or delivered. */
  #nextOffset: number | null = null
  /** Of all that was taken; never rejects. */
  #delivery: Promise<void> | null = null
  #lostHeartbeat: { readonly error: unknown } | null = null
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
    await this.delivered()
    if (this.#lostHeartbeat !== null) throw this.#lostHeartbeat.error
    // Silenced by a join, perhaps: the position is that of the partition's next life.
    if (this.#nextOffset === null) return
    try {
      const range = fetchedRange(batch)
      if (range.fetchedFrom === this.#nextOffset) {
        this.#take(range.nextOffset, () => toRecordBatch(batch, range), heartbeat)
        resolveOffset(batch.lastOffset())
      } else await this.#reposition(this.#nextOffset, range.fetchedFrom)
    } catch (error) {
      this.#holder.fail(error)
    }
  }

  /** kafkajs steps over a fetch of control records alone without calling eachBatch. */
  stepOver({ firstOffset, nextOffset, endOffset }: EmptyRange): void {
    if (this.#nextOffset !== firstOffset) return
    const empty = { partition: this.partition, records: [], nextOffset, endOffset }
    this.#take(
      nextOffset,
      () => ({ batch: empty, unreadable: null }),
      async () => {},
    )
  }

  #take(nextOffset: number, unpack: Unpack, heartbeat: Heartbeat): void {
    this.#nextOffset = nextOffset
    const before = this.#delivery ?? setImmediate()
    const delivery = before
      .then(() => this.#deliver(unpack, heartbeat))
      .catch(error => this.#holder.fail(error))
      .finally(() => {
        if (this.#delivery === delivery) this.#delivery = null
      })
    this.#delivery = delivery
  }

  async #deliver(unpack: Unpack, heartbeat: Heartbeat): Promise<void> {
    if (this.#nextOffset === null) return
    try {
      const { batch, unreadable } = unpack()
      await this.#holder.receive(batch, () => this.#beat(heartbeat))
      this.#misplacedFetches = 0
      if (unreadable === null || this.#nextOffset === null) return
      this.silence()
      await this.#holder.halt(unreadable)
    } catch (error) {
      if (error instanceof TakenAwayError) return
      if (this.#lostHeartbeat === null) throw error
      // kafkajs learns it when it comes with the next batch, or by its own next heartbeat.
      this.#holder.restart()
    }
  }

  async #beat(heartbeat: Heartbeat): Promise<void> {
    try {
      await heartbeat()
    } catch (error) {
      this.#lostHeartbeat ??= { error }
      throw error
    }
    // kafkajs may have joined anew in the meantime, by a heartbeat of its own: this one was of its new membership.
    if (this.#nextOffset === null) throw new TakenAwayError()
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

/** Ends a delivery that waits, so that the partition can be given up. */
class TakenAwayError extends Error {
  override name = 'TakenAwayError'
  override message = 'the group took the partition away'
}

/** The offsets of a fetch that held no record. */
type EmptyRange = {
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
