import fc from 'fast-check'
import type { Producer, ProducerRecord } from 'kafkajs'
import { expect, test } from 'vitest'
import type { PlacedRecord } from '../place-records.ts'
import { sendRequest, splitIntoRequests } from './append.ts'

const record = (bytes: number): PlacedRecord => ({ key: null, value: Buffer.alloc(bytes) })

test('requests hold every record once, in order, and no batch above the limit but one of a single record', () => {
  const sizes = fc.array(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30 }), { maxLength: 4 })
  fc.assert(
    fc.property(sizes, sizesOfPartitions => {
      const placed = new Map(sizesOfPartitions.map((ofPartition, index) => [index, ofPartition.map(record)]))
      const requests = splitIntoRequests(placed, 1_000)
      for (const [partition, records] of placed) {
        const shares = requests.flatMap(request => request.filter(share => share.partition === partition))
        expect(shares.flatMap(share => share.records)).toEqual(records)
        for (const share of shares) {
          const bytes = share.records.reduce((sum, { value }) => sum + 32 + value.length, 61)
          expect(share.records.length === 1 || bytes <= 1_000).toBe(true)
        }
      }
      for (const request of requests) {
        expect(new Set(request.map(share => share.partition)).size).toBe(request.length)
      }
    }),
  )
})

/** Answers for the partitions in `answered[i]` on the i-th call; a real broker can't be made to do so. */
function producerThatAnswers(answered: readonly (readonly number[])[]) {
  const sent: ProducerRecord[] = []
  const send: Producer['send'] = async call => {
    sent.push(call)
    const partitions = answered[sent.length - 1] ?? []
    return partitions.map(partition => ({ topicName: call.topic, partition, errorCode: 0 }))
  }
  return { sent, producer: { send } }
}

test('a share that was not acknowledged is sent again, alone', async () => {
  const { sent, producer } = producerThatAnswers([[0], [1]])
  const shares = [
    { partition: 0, records: [record(1)] },
    { partition: 1, records: [record(2)] },
  ]
  await sendRequest(producer, 'requests', shares, async () => {})
  expect(sent.map(({ messages }) => messages.map(message => message.partition))).toEqual([[0, 1], [1]])
})

test('what one partition refuses is not appended again and again to the others', async () => {
  const sent: (number | undefined)[][] = []
  const send: Producer['send'] = async ({ topic, messages }) => {
    const partitions = messages.map(({ partition }) => partition)
    sent.push(partitions)
    if (partitions.includes(1) && sent.length < 6) throw Object.assign(new Error('away'), { retriable: true })
    return partitions.map(partition => ({ topicName: topic, partition: partition ?? -1, errorCode: 0 }))
  }
  const shares = [0, 1, 2].map(partition => ({ partition, records: [record(1)] }))
  await sendRequest({ send }, 'requests', shares, async () => {})
  expect(sent).toEqual([[0, 1, 2], [0], [1], [2], [1], [1]])
})

test('a share that is never acknowledged is an error that names its partition, after bounded pauses', async () => {
  const { sent, producer } = producerThatAnswers([])
  const pausesMs: number[] = []
  const pause = async (durationMs: number) => pausesMs.push(durationMs)
  await expect(
    sendRequest(producer, 'requests', [{ partition: 3, records: [record(1)] }], pause),
  ).rejects.toThrow('Kafka acknowledged nothing of partition 3 of "requests"')
  expect(sent).toHaveLength(200)
  expect(pausesMs).toEqual(Array.from({ length: 199 }, () => 250))
})

test('what a repetition cannot mend is thrown at once', async () => {
  const refusal = new Error('the message is too large')
  let calls = 0
  const send: Producer['send'] = async () => {
    calls += 1
    throw refusal
  }
  const request = [{ partition: 0, records: [record(1)] }]
  await expect(sendRequest({ send }, 'requests', request, async () => {})).rejects.toBe(refusal)
  expect(calls).toBe(1)
})
