import { setTimeout as sleep } from 'node:timers/promises'
import { CompressionTypes, type Producer, type Transaction } from 'kafkajs'
import { EventLogError, type OutgoingRecord } from '../event-log.ts'
import { locateRecords, placeRecords } from '../place-records.ts'
import { type PlaceInLog, type SoleWriter, supersededError } from '../sole-writer.ts'
import { namedPartition } from './append.ts'
import { createKafkaClient } from './client.ts'
import { explainKafkaError, lastReason } from './explain-error.ts'
import type { KafkaLogSettings } from './kafka-log.ts'
import { toOffset } from './topic.ts'
import { within } from './wait.ts'

/** Of a transaction whose process is gone: until it is over, readers wait at its place. A new claim ends it at once. */
const TRANSACTION_TIMEOUT_MS = 30_000
const PATIENCE_MS = 60_000

/** In kafkajs's words: INVALID_PRODUCER_EPOCH and PRODUCER_FENCED. */
const FENCED = /old epoch|fenced/i

/** The transaction before is still being written out by the brokers. */
const BUSY = /concurrent operation on the same transaction|CONCURRENT_TRANSACTIONS/i
const BUSY_ATTEMPTS_MAX = 20
const BUSY_PAUSE_MS = 100

/**
 * Kafka's own fence: all claims of a holder share one transactional id, and initialising it aborts what an
 * earlier producer has open and refuses whatever it sends from then on. The brokers' `transaction.state.log.*` settings
 * must allow for their number. `partitionCount` is the topic's own.
 */
export function openKafkaSoleWriter(
  settings: KafkaLogSettings,
  partitionCount: number,
  holder: string,
): SoleWriter {
  const { topic, brokers } = settings
  const client = createKafkaClient(settings)
  let claimed: Producer | null = null

  const orExplain = async <Value>(what: string, step: Promise<Value>): Promise<Value> => {
    const late = () => new Error(`no answer within ${PATIENCE_MS / 1_000} s`)
    try {
      return await within(PATIENCE_MS, step, late)
    } catch (error) {
      throw FENCED.test(lastReason(error)) ? supersededError(topic) : explainKafkaError(what, brokers, error)
    }
  }
  const disconnect = async () => {
    const before = claimed
    claimed = null
    await before?.disconnect().catch(() => {})
  }

  return {
    async claim() {
      await disconnect()
      const producer = client.producer({
        transactionalId: `forbruk.${topic}.${holder}`,
        idempotent: true,
        maxInFlightRequests: 1,
        transactionTimeout: TRANSACTION_TIMEOUT_MS,
        allowAutoTopicCreation: false,
        retry: { retries: 5 },
        createPartitioner: () => namedPartition,
      })
      claimed = producer
      await orExplain(`Could not claim "${topic}" for writing`, initialize(producer))
      const send = (records: readonly OutgoingRecord[]) => appendAll(producer, topic, partitionCount, records)
      return {
        append: records =>
          orExplain(`Could not append ${records.length} records to "${topic}"`, send(records)),
      }
    },

    close: disconnect,
  }
}

/** The first transaction of a producer initialises its id; one that holds nothing is no request to the brokers. */
async function initialize(producer: Producer): Promise<void> {
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.commit()
}

async function appendAll(
  producer: Producer,
  topic: string,
  partitionCount: number,
  records: readonly OutgoingRecord[],
): Promise<PlaceInLog[]> {
  const placed = placeRecords(records, topic, partitionCount)
  const messages = [...placed].flatMap(([partition, ofPartition]) =>
    ofPartition.map(record => ({ ...record, partition })),
  )
  for (let attempt = 1; ; attempt += 1) {
    const transaction = await producer.transaction()
    try {
      const starts = await sendAll(transaction, topic, messages)
      const places = locateRecords(records, partitionCount, partition => {
        const start = starts.get(partition)
        // kafkajs may resolve without having sent what belongs to a broker that had answered before.
        if (start === undefined)
          throw new EventLogError(`Kafka acknowledged nothing of partition ${partition} of "${topic}".`)
        return start
      })
      await transaction.commit()
      return places
    } catch (error) {
      if (transaction.isActive()) await transaction.abort().catch(() => {})
      if (attempt === BUSY_ATTEMPTS_MAX || !BUSY.test(lastReason(error))) throw error
      await sleep(BUSY_PAUSE_MS)
    }
  }
}

type Message = { readonly partition: number; readonly key: Buffer | null; readonly value: Buffer }

/** The first offset of each partition's share. */
async function sendAll(
  transaction: Transaction,
  topic: string,
  messages: Message[],
): Promise<Map<number, number>> {
  const answers = await transaction.send({ topic, acks: -1, compression: CompressionTypes.None, messages })
  return new Map(answers.map(({ partition, baseOffset }) => [partition, toOffset(baseOffset ?? '')]))
}
