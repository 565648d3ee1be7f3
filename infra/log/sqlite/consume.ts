import { once } from 'node:events'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { positionError } from '../check-range.ts'
import {
  EventLogError,
  type LogBounds,
  type PartitionConsumer,
  type RecordBatch,
  type Subscription,
} from '../event-log.ts'
import { HeldPartitions } from '../held-partitions.ts'

type EmbeddedSource = {
  readonly topic: string
  readonly boundsOf: (partition: number) => LogBounds
  /** What is there from `fromOffset` on, bounded; empty when there is nothing yet. */
  readonly nextBatch: (partition: number, fromOffset: number) => RecordBatch
}

/** How often an idle partition is looked at. */
const POLL_INTERVAL_MS = 50

/** Each partition that is held is followed by a loop of its own. */
export function consumeEmbedded(source: EmbeddedSource, consumer: PartitionConsumer): Subscription {
  const held = new HeldPartitions(consumer, (partition, signal) =>
    follow(source, consumer, partition, signal),
  )
  return {
    finished: held.finished,
    hold: partitions => held.hold(partitions),
    // There is no group whose lag a monitor could look at.
    async commit() {},
    stop: () => held.stop(),
  }
}

async function follow(
  source: EmbeddedSource,
  consumer: PartitionConsumer,
  partition: number,
  stopping: AbortSignal,
): Promise<void> {
  const assigned = await consumer.assign(partition)
  if (assigned === null) return stopping.aborted ? undefined : once(stopping, 'abort').then(() => undefined)
  let nextOffset = assigned
  checkPosition(source, partition, nextOffset)
  while (!stopping.aborted) {
    const batch = source.nextBatch(partition, nextOffset)
    const first = batch.records[0]
    if (first === undefined) {
      checkPosition(source, partition, nextOffset)
      await pause(stopping)
      continue
    }
    if (first.offset !== nextOffset) throw lostError(source, partition, nextOffset, first.offset)
    await consumer.receive(batch)
    nextOffset = batch.nextOffset
    // A consumer that never waits must not keep timers and sockets waiting.
    await setImmediate()
  }
}

function checkPosition(source: EmbeddedSource, partition: number, offset: number): void {
  const error = positionError({ topic: source.topic, partition }, offset, source.boundsOf(partition))
  if (error) throw error
}

function lostError(source: EmbeddedSource, partition: number, offset: number, found: number): EventLogError {
  const place = { topic: source.topic, partition }
  return (
    positionError(place, offset, source.boundsOf(partition)) ??
    new EventLogError(`Partition ${partition} of "${source.topic}" has no offsets [${offset}, ${found}).`)
  )
}

async function pause(stopping: AbortSignal): Promise<void> {
  await setTimeout(POLL_INTERVAL_MS, undefined, { signal: stopping }).catch(() => {})
}
