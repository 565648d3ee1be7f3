import { expect, onTestFinished, test, vi } from 'vitest'
import type { PartitionConsumer, RecordBatch } from '../event-log.ts'
import { readKafka } from './read.ts'

const HEARTBEAT_MS = 3_000

function batchOf(from: number, to: number): RecordBatch {
  const records = [{ offset: from, appendTimeMs: 0, key: null, value: null }]
  return { partition: 0, records, nextOffset: to, endOffset: 20 }
}

test('a batch that waits for a slow reader is not lost when the group is joined anew', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const joined = Promise.withResolvers<PartitionConsumer>()
  const reading = readKafka(
    {
      topic: 'requests',
      fetchBounds: async () => ({ startOffset: 0, endOffset: 30 }),
      async consume(_, consumer) {
        joined.resolve(consumer)
        return { commit: async () => {}, finished: new Promise(() => {}), stop: async () => {} }
      },
      deleteGroup: async () => {},
    },
    0,
    0,
    30,
  )
  const taken = reading.next()
  const consumer = await joined.promise
  await consumer.receive(batchOf(0, 10), async () => {})
  expect((await taken).value?.nextOffset).toBe(10)

  const lost = new Error('the group is rebalancing')
  const given = consumer.receive(batchOf(10, 20), () => Promise.reject(lost))
  const broken = expect(given).rejects.toBe(lost)
  await vi.advanceTimersByTimeAsync(HEARTBEAT_MS)
  await broken
  expect(await consumer.assign(0)).toBe(20)

  const again = consumer.receive(batchOf(20, 30), async () => {})
  expect((await reading.next()).value?.nextOffset).toBe(20)
  expect((await reading.next()).value?.nextOffset).toBe(30)
  await again
  expect((await reading.next()).done).toBe(true)
})
