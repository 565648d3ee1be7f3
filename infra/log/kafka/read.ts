import { randomUUID } from 'node:crypto'
import { rangeError } from '../check-range.ts'
import {
  EventLogError,
  type LogBounds,
  type PartitionConsumer,
  type RecordBatch,
  type Subscription,
} from '../event-log.ts'
import { within } from './wait.ts'

const HEARTBEAT_INTERVAL_MS = 3_000
const PROGRESS_TIMEOUT_MS = 60_000

type ReadSource = {
  readonly topic: string
  readonly fetchBounds: (partition: number) => Promise<LogBounds>
  readonly consume: (group: string, consumer: PartitionConsumer) => Promise<Subscription>
  readonly deleteGroup: (group: string) => Promise<void>
}

/**
 * kafkajs reads through consumer groups only, so this joins one of its own, leaves all partitions but one
 * unread, and deletes the group in the end.
 */
export async function* readKafka(
  source: ReadSource,
  partition: number,
  fromOffset: number,
  toOffset: number,
): AsyncGenerator<RecordBatch> {
  const { topic } = source
  const error = rangeError({ topic, partition }, fromOffset, toOffset, await source.fetchBounds(partition))
  if (error) throw error
  if (fromOffset === toOffset) return

  const handover = new Handover()
  let acceptedTo = fromOffset
  const group = `forbruk-read-${randomUUID()}`
  const subscription = await source.consume(group, {
    assign: async assigned => (assigned === partition ? acceptedTo : null),
    async receive(batch, heartbeat) {
      // One may be left from before the group was joined anew.
      await handover.emptied(heartbeat)
      if (acceptedTo >= toOffset) return handover.closed(heartbeat)
      const wanted = cutAt(batch, toOffset)
      acceptedTo = wanted.nextOffset
      await handover.give(wanted, heartbeat)
    },
    revoke() {},
  })
  try {
    let nextOffset = fromOffset
    while (nextOffset < toOffset) {
      const late = () =>
        new EventLogError(
          `Reading partition ${partition} of "${topic}" stands at offset ${nextOffset} of ${toOffset}: nothing came ` +
            `for ${PROGRESS_TIMEOUT_MS / 1_000} s. Is a transaction of another producer open there?`,
        )
      const batch = await within(PROGRESS_TIMEOUT_MS, handover.take(subscription.finished), late)
      nextOffset = batch.nextOffset
      yield batch
    }
  } finally {
    handover.close()
    await subscription.stop()
    await source.deleteGroup(group)
  }
}

function cutAt(batch: RecordBatch, toOffset: number): RecordBatch {
  if (batch.nextOffset <= toOffset) return batch
  const records = batch.records.filter(record => record.offset < toOffset)
  return { ...batch, records, nextOffset: toOffset }
}

/** Hands batches from kafkajs's loop to the reader's, one at a time: whoever is first waits for the other. */
class Handover {
  #batch: RecordBatch | null = null
  #filled = Promise.withResolvers<void>()
  #emptied = Promise.withResolvers<void>()
  #closed = Promise.withResolvers<void>()

  async give(batch: RecordBatch, heartbeat: () => Promise<void>): Promise<void> {
    this.#batch = batch
    this.#emptied = Promise.withResolvers<void>()
    this.#filled.resolve()
    await beatUntil(Promise.race([this.#emptied.promise, this.#closed.promise]), heartbeat)
  }

  /** The next batch; rejects when `finished` does before there is one. */
  async take(finished: Promise<void>): Promise<RecordBatch> {
    await Promise.race([this.#filled.promise, finished])
    const batch = this.#batch
    if (batch === null) throw new EventLogError('The log was closed while it was being read.')
    this.#batch = null
    this.#filled = Promise.withResolvers<void>()
    this.#emptied.resolve()
    return batch
  }

  /** No batch waits to be taken. */
  async emptied(heartbeat: () => Promise<void>): Promise<void> {
    if (this.#batch !== null)
      await beatUntil(Promise.race([this.#emptied.promise, this.#closed.promise]), heartbeat)
  }

  async closed(heartbeat: () => Promise<void>): Promise<void> {
    await beatUntil(this.#closed.promise, heartbeat)
  }

  close(): void {
    this.#closed.resolve()
  }
}

async function beatUntil(done: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
  let waiting = true
  const settled = done.then(() => {
    waiting = false
  })
  while (waiting) {
    const beat = Promise.withResolvers<void>()
    const timer = setTimeout(beat.resolve, HEARTBEAT_INTERVAL_MS)
    await Promise.race([settled, beat.promise])
    clearTimeout(timer)
    if (waiting) await heartbeat()
  }
}
