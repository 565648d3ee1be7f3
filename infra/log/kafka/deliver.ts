import { setImmediate } from 'node:timers/promises'
import { EventLogError, type RecordBatch, type UnreadableRecordsError } from '../event-log.ts'
import type { Fetched } from './fetch-client.ts'
import { toRecordBatch } from './positions.ts'

/** What a delivered partition asks of the subscription. */
type Receiver = {
  readonly receive: (batch: RecordBatch) => Promise<void>
  /** Nothing behind what was received can be read. */
  readonly halt: (error: UnreadableRecordsError) => Promise<void>
  /** More of it can be taken. */
  readonly onRoom: () => void
  /** The partition can't be gone on with. */
  readonly fail: (reason: unknown) => void
}

/** One is being delivered while the next is on its way, which bounds what waits. */
const FETCHED_MAX = 2

/**
 * What was fetched of one partition, delivered in order. A fetch is taken at once and delivered a turn later, so that
 * the next one is under way meanwhile.
 */
export class Delivery {
  readonly partition: number
  readonly #receiver: Receiver
  /** The next offset to take; null when nothing more may be taken or delivered. */
  #nextOffset: number | null
  #waiting = 0
  /** Of all that was taken; never rejects. */
  #delivered: Promise<void> = Promise.resolve()

  constructor(partition: number, fromOffset: number, receiver: Receiver) {
    this.partition = partition
    this.#nextOffset = fromOffset
    this.#receiver = receiver
  }

  /** Where to fetch next; null while enough waits. */
  get fetchOffset(): number | null {
    return this.#waiting < FETCHED_MAX ? this.#nextOffset : null
  }

  /** The offset that is waited for, or null while something is being delivered. */
  get restingAt(): number | null {
    return this.#waiting === 0 ? this.#nextOffset : null
  }

  /** What was asked for before the position changed is dropped. */
  take({ batch, range }: Fetched): void {
    if (this.#nextOffset !== range.fetchedFrom) return
    if (range.nextOffset <= range.fetchedFrom) {
      const { fetchedFrom, nextOffset } = range
      throw new EventLogError(
        `Kafka answered offsets to ${nextOffset} of partition ${this.partition} ` +
          `where it was asked from ${fetchedFrom} on.`,
      )
    }
    this.#nextOffset = range.nextOffset
    this.#waiting += 1
    const before = this.#waiting === 1 ? setImmediate() : this.#delivered
    this.#delivered = before
      .then(() => this.#deliver({ batch, range }))
      .catch(reason => {
        this.#nextOffset = null
        this.#receiver.fail(reason)
      })
      .finally(() => {
        this.#waiting -= 1
        this.#receiver.onRoom()
      })
  }

  /** No delivery begins from now on; resolves when the one that has begun is over. */
  async end(): Promise<void> {
    this.#nextOffset = null
    await this.#delivered
  }

  async #deliver({ batch, range }: Fetched): Promise<void> {
    if (this.#nextOffset === null) return
    const { batch: records, unreadable } = toRecordBatch(batch, range)
    await this.#receiver.receive(records)
    if (unreadable === null || this.#nextOffset === null) return
    this.#nextOffset = null
    await this.#receiver.halt(unreadable)
  }
}
