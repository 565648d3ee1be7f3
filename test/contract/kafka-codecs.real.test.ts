import { createKafkaClient } from '@forbruk/infra/log/kafka/client.ts'
import { describe, expect, inject, test } from 'vitest'
import { uniqueTopic, withAdmin } from '../support/kafka/topics.ts'
import { kafka, openLog, range, readValues } from '../support/log/backends.ts'

const brokers = inject('kafkaBrokers') ?? []
const RECORDS = 3_000

/** The broker compresses what is appended anew, with the codecs that Java's producers have. */
async function makeTopic(codec: string): Promise<string> {
  const topic = uniqueTopic(codec)
  const configEntries = [
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    { name: 'compression.type', value: codec },
  ]
  await withAdmin(brokers, admin =>
    admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }),
  )
  return topic
}

const values = range(0, RECORDS).map(index => `request ${index} of client ${index % 7}, æøå`)

describe.skipIf(brokers.length === 0).each(['gzip', 'snappy', 'lz4', 'zstd'])('a topic in %s', codec => {
  test('is read as it was appended', async () => {
    const log = await openLog(kafka, await makeTopic(codec), 1)
    await log.append(values.map(value => ({ to: { partition: 0 }, value: Buffer.from(value) })))
    expect((await readValues(log, 0, 0, RECORDS)).values).toEqual(values)
    expect((await readValues(log, 0, RECORDS - 2, RECORDS)).values).toEqual(values.slice(-2))
  })

  test('is read without what a transaction took back', async () => {
    const log = await openLog(kafka, await makeTopic(codec), 1)
    const producer = createKafkaClient({ brokers, clientId: 'forbruk-test' }).producer({
      ...{ transactionalId: log.topic, maxInFlightRequests: 1, idempotent: true },
    })
    await producer.connect()
    for (const end of ['abort', 'commit'] as const) {
      const transaction = await producer.transaction()
      await transaction.send({
        topic: log.topic,
        messages: values.map(value => ({ value: `${end} ${value}` })),
      })
      await transaction[end]()
    }
    await producer.disconnect()
    await expect.poll(async () => (await log.bounds(0)).endOffset).toBe(2 * RECORDS + 2)
    const read = await readValues(log, 0, 0, 2 * RECORDS + 2)
    expect(read.values).toEqual(values.map(value => `commit ${value}`))
  })
})
