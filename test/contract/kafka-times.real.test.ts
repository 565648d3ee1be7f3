import { type EventLog, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'
import { createKafkaClient } from '@forbruk/infra/log/kafka/client.ts'
import { openKafkaLog } from '@forbruk/infra/log/kafka/kafka-log.ts'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { uniqueTopic, withAdmin } from '../support/kafka/topics.ts'
import { readValues } from '../support/log/backends.ts'
import { rejection } from '../support/wait/rejection.ts'

const brokers = inject('kafkaBrokers') ?? []
const settings = { brokers, partitionCount: 1, replicationFactor: 1, clientId: 'forbruk-test' }

/** Two records with times of their sender's at offsets 0 and 1, one of a transaction at 2, and its marker at 3. */
async function makeTopic(): Promise<string> {
  const topic = uniqueTopic('senders-times')
  // Brokers before 4.0 take any time.
  const configEntries = [{ name: 'message.timestamp.after.max.ms', value: '9223372036854775807' }]
  await withAdmin(brokers, admin =>
    admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }),
  )
  const producer = createKafkaClient(settings).producer({
    ...{ transactionalId: topic, maxInFlightRequests: 1, idempotent: true },
  })
  await producer.connect()
  const messages = [
    { value: 'a', timestamp: '1000' },
    { value: 'b', timestamp: '4000000000000' },
  ]
  await producer.send({ topic, messages })
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ value: 'c', timestamp: '4000000000000' }] })
  await transaction.commit()
  await producer.disconnect()
  return topic
}

async function openMended(topic: string): Promise<EventLog> {
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]
  await withAdmin(brokers, admin =>
    admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] }),
  )
  let opened: EventLog | null = null
  await expect
    .poll(async () => {
      opened ??= await openKafkaLog({ ...settings, topic }).catch(() => null)
      return opened !== null
    })
    .toBe(true)
  if (opened === null) throw new Error(`${topic} could not be opened`)
  return opened
}

describe.skipIf(brokers.length === 0)('what a topic took before the log stamped its records', () => {
  test('has times of its senders, and is read by nobody who needs those of the log', async () => {
    const topic = await makeTopic()
    const log = await openMended(topic)
    onTestFinished(() => log.close())
    await expect.poll(() => log.bounds(0)).toEqual({ startOffset: 0, endOffset: 4 })
    const error = await rejection(readValues(log, 0, 0, 4))
    expect(error).toBeInstanceOf(UnreadableRecordsError)
    expect(error).toMatchObject({ fromOffset: 0, toOffset: 2 })
    expect(String(error)).toContain('came while the topic had message.timestamp.type=CreateTime')
    // kafkajs itself decodes what stands in a transaction.
    expect(await rejection(readValues(log, 0, 2, 4))).toMatchObject({ fromOffset: 2, toOffset: 3 })

    await log.append([{ value: Buffer.from('d'), to: { partition: 0 } }])
    expect(await readValues(log, 0, 3, 5)).toEqual({ values: ['d'], offsets: [4], nextOffset: 5 })
  })

  test("is read from somebody else's topic, whose times nothing rests on", async () => {
    const topic = await makeTopic()
    const log = await openKafkaLog({ ...settings, topic, isForeign: true })
    onTestFinished(() => log.close())
    await expect.poll(() => log.bounds(0)).toEqual({ startOffset: 0, endOffset: 4 })
    expect((await readValues(log, 0, 0, 4)).values).toEqual(['a', 'b', 'c'])
  })
})
