import { setImmediate } from 'node:timers/promises'
import type { EachBatchPayload } from 'kafkajs'
import { expect, test } from 'vitest'
import type { PartitionConsumer } from '../event-log.ts'
import { HeldPartition } from './deliver.ts'

/** A subscription that notes what it is asked for; `finish` ends the delivery that has begun. */
class Subscription {
  readonly notes: string[] = []
  #ending = Promise.withResolvers<void>()
  readonly held = new HeldPartition(0, {
    receive: async (...delivery) => this.receive(...delivery),
    checkPosition: async () => {},
    seek: (_, offset) => void this.notes.push(`seek ${offset}`),
    halt: async () => {},
    restart: () => {
      this.notes.push('restart')
      this.held.silence()
    },
    fail: reason => {
      this.notes.push(`fail ${reason}`)
      this.held.silence()
    },
  })

  receive: PartitionConsumer['receive'] = async batch => {
    this.notes.push(`receive to ${batch.nextOffset}`)
    await this.#ending.promise
    this.notes.push(`received to ${batch.nextOffset}`)
  }

  /** As kafkajs gives a fetch of the offsets from `from` to `to`, the last of which has a record. */
  offer(from: number, to: number, heartbeat = async () => {}): Promise<void> {
    const last = String(to - 1)
    const batch = {
      topic: 'requests',
      partition: 0,
      fetchedOffset: String(from),
      highWatermark: '100',
      messages: [{ offset: last, timestamp: '0', key: null, value: null, attributes: 0, size: 0 }],
      isEmpty: () => false,
      firstOffset: () => String(from),
      lastOffset: () => last,
      offsetLag: () => '0',
      offsetLagLow: () => '0',
    }
    const payload: EachBatchPayload = {
      batch,
      heartbeat,
      resolveOffset: offset => void this.notes.push(`resolve ${offset}`),
      pause: () => () => {},
      commitOffsetsIfNecessary: async () => {},
      uncommittedOffsets: () => ({ topics: [] }),
      isRunning: () => true,
      isStale: () => false,
    }
    return this.held.eachBatch(payload)
  }

  async finish(): Promise<void> {
    this.#ending.resolve()
    await this.held.delivered()
  }
}

function opened(): Subscription {
  const subscription = new Subscription()
  subscription.held.open(0)
  return subscription
}

test('a batch is done with before it is delivered, the next one only after', async () => {
  const subscription = opened()
  await subscription.offer(0, 10)
  expect(subscription.notes).toEqual(['seek 0', 'resolve 9'])
  const next = subscription.offer(10, 20)
  await setImmediate()
  await setImmediate()
  expect(subscription.notes).toEqual(['seek 0', 'resolve 9', 'receive to 10'])
  expect(subscription.held.restingAt()).toBeNull()
  await subscription.finish()
  await next
  await subscription.held.delivered()
  expect(subscription.notes.slice(3)).toEqual([
    'received to 10',
    'resolve 19',
    'receive to 20',
    'received to 20',
  ])
  expect(subscription.held.restingAt()).toBe(20)
})

test('what is taken and not begun is not delivered once the partition is silent', async () => {
  const subscription = opened()
  await subscription.offer(0, 10)
  subscription.held.silence()
  await subscription.held.delivered()
  await subscription.offer(10, 20)
  expect(subscription.notes).toEqual(['seek 0', 'resolve 9'])
})

test('offsets without a record come in their turn', async () => {
  const subscription = opened()
  await subscription.offer(0, 10)
  subscription.held.stepOver({ firstOffset: 10, nextOffset: 15, endOffset: 100 })
  const next = subscription.offer(15, 20)
  await subscription.finish()
  await next
  await subscription.held.delivered()
  expect(subscription.notes.filter(note => note.startsWith('received'))).toEqual([
    'received to 10',
    'received to 15',
    'received to 20',
  ])
})

test('a batch from elsewhere is dropped and the position taken again', async () => {
  const subscription = opened()
  await subscription.offer(5, 10)
  expect(subscription.notes).toEqual(['seek 0', 'seek 0'])
})

test('a heartbeat that fails restarts, and kafkajs learns why when it comes next', async () => {
  const subscription = opened()
  const lost = new Error('the group is rebalancing')
  subscription.receive = (_, heartbeat) => heartbeat()
  await subscription.offer(0, 10, () => Promise.reject(lost))
  await expect(subscription.offer(10, 20)).rejects.toBe(lost)
  expect(subscription.notes).toEqual(['seek 0', 'resolve 9', 'restart'])
})

test('a delivery that waits ends with its next heartbeat once the partition is given up', async () => {
  const subscription = opened()
  subscription.receive = async (_, heartbeat) => {
    await heartbeat()
    subscription.held.silence()
    await heartbeat()
    subscription.notes.push('waits on')
  }
  await subscription.offer(0, 10)
  await subscription.held.delivered()
  expect(subscription.notes).toEqual(['seek 0', 'resolve 9'])
})

test('what the consumer throws is the end, and not told to kafkajs, which would try again', async () => {
  const subscription = opened()
  subscription.receive = () => Promise.reject(new Error('gap'))
  await subscription.offer(0, 10)
  await subscription.offer(10, 20)
  expect(subscription.notes).toEqual(['seek 0', 'resolve 9', 'fail Error: gap'])
})
