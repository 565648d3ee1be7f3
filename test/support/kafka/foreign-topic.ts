import { setTimeout as sleep } from 'node:timers/promises'
import { createKafkaClient } from '@forbruk/infra/log/kafka/client.ts'
import { until } from '../wait/until.ts'
import { withAdmin } from './topics.ts'

/** A shipper's own topic: with the broker's own settings but for how it is compressed. */
export async function makeForeignTopic(
  brokers: readonly string[],
  topic: string,
  numPartitions: number,
  codec = 'producer',
): Promise<void> {
  const configEntries = [{ name: 'compression.type', value: codec }]
  await withAdmin(brokers, async admin => {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, configEntries }] })
    // Until every leader answers: kafkajs repeats a send that one partition refused on all of them.
    await until(
      () =>
        admin.fetchTopicOffsets(topic).then(
          offsets => offsets.length === numPartitions,
          () => false,
        ),
      () => `the leaders of ${topic}`,
    )
  })
}

const BEGIN_ATTEMPTS_MAX = 20
const HOUR_MS = 3_600_000
/** Of a request, which no broker takes above 1 MiB. */
const MESSAGES_MAX = 5_000

type Producer = ReturnType<ReturnType<typeof createKafkaClient>['producer']>
type Ending = 'plain' | 'commit' | 'abort'

/** Without keys, to the partitions in turn, each value with a time of its sender's own. */
export async function writeForeign(
  brokers: readonly string[],
  topic: string,
  values: readonly (string | Buffer)[],
  partitionCount: number,
  ending: Ending = 'plain',
): Promise<void> {
  const producer = createKafkaClient({ brokers, clientId: 'forbruk-test' }).producer({
    allowAutoTopicCreation: false,
    ...(ending === 'plain' ? {} : { transactionalId: topic, maxInFlightRequests: 1, idempotent: true }),
  })
  // Of the sender's own choice; what is older than the topic's retention would be deleted at once.
  const timestamp = String(Date.now() - HOUR_MS)
  const messages = values.map((value, index) => ({
    value,
    partition: index % partitionCount,
    timestamp,
  }))
  await producer.connect()
  try {
    if (ending === 'plain') {
      for (let from = 0; from < messages.length; from += MESSAGES_MAX)
        await producer.send({ topic, messages: messages.slice(from, from + MESSAGES_MAX) })
    } else {
      const transaction = await beginTransaction(producer)
      await transaction.send({ topic, messages })
      await transaction[ending]()
    }
  } finally {
    await producer.disconnect()
  }
}

/** A broker that has only just begun has no coordinator of transactions yet. */
async function beginTransaction(producer: Producer) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await producer.transaction()
    } catch (error) {
      if (attempt === BEGIN_ATTEMPTS_MAX) throw error
      await sleep(1_000)
    }
  }
}
