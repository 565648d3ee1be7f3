import type { Admin } from 'kafkajs'
import { createKafkaClient } from './client.ts'
import { explainKafkaError } from './explain-error.ts'
import type { KafkaLogSettings } from './kafka-log.ts'
import { KafkaSockets } from './sockets.ts'
import { inspectTopic, isThere, type TopicFacts } from './topic.ts'
import { within } from './wait.ts'

export type KafkaFacts = {
  readonly brokers: number
  /** Null where it is still to be made. */
  readonly topic: TopicFacts | null
}

const ANSWER_TIMEOUT_MS = 15_000

/** Looks and changes nothing. Throws EventLogError when brokers don't answer or the topic can't be counted from. */
export async function inspectKafka(settings: KafkaLogSettings): Promise<KafkaFacts> {
  const sockets = new KafkaSockets()
  const admin = createKafkaClient(settings, sockets).admin()
  const late = () => new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1_000} s`)
  try {
    return await within(ANSWER_TIMEOUT_MS, inspect(admin, settings), late)
  } catch (error) {
    throw explainKafkaError('Kafka could not be looked at', settings.brokers, error)
  } finally {
    admin.disconnect().catch(() => {})
    sockets.shut()
  }
}

async function inspect(admin: Admin, settings: KafkaLogSettings): Promise<KafkaFacts> {
  await admin.connect()
  const { brokers } = await admin.describeCluster()
  const topic = (await isThere(admin, settings.topic))
    ? await inspectTopic(admin, settings.topic, settings)
    : null
  return { brokers: brokers.length, topic }
}
