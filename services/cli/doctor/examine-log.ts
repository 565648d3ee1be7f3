import { inspectKafka, type KafkaFacts } from '@forbruk/infra/log/kafka/inspect.ts'
import { inspectEmbeddedLog } from '@forbruk/infra/log/sqlite/inspect.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { ok, type Verdict, warning } from './finding.ts'

const DAY_MS = 86_400_000

/** Throws EventLogError when the log can't be counted from. */
export async function examineLog(log: Config['log']): Promise<Verdict> {
  if (log.kind === 'kafka') return judgeKafka(log.topic, log.partitionCount, await inspectKafka(log))
  const found = inspectEmbeddedLog(log.path, log.topic)
  const topic = describeTopic(log.topic, found, log.partitionCount)
  return ok(`embedded, in ${log.path}; ${topic}; for Kafka set KAFKA_BROKERS`)
}

/** Pure. */
export function judgeKafka(
  topic: string,
  partitionsOfNew: number,
  { brokers, topic: facts }: KafkaFacts,
): Verdict {
  const cluster = `Kafka of ${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`
  const found = `${cluster}; ${describeTopic(topic, facts?.partitionCount ?? null, partitionsOfNew)}`
  const shortRetentionMs = facts?.shortRetentionMs ?? null
  if (shortRetentionMs === null) return ok(found)
  const days = (shortRetentionMs / DAY_MS).toFixed(1)
  return warning(
    `${found} keeps records for ${days} days only: ` +
      "a closed month can't be replayed; set retention.ms to 62 days or more",
  )
}

function describeTopic(topic: string, partitionCount: number | null, partitionsOfNew: number): string {
  const count = partitionCount ?? partitionsOfNew
  const toBeMade = partitionCount === null ? ', still to be made' : ''
  return `"${topic}" of ${count} ${count === 1 ? 'partition' : 'partitions'}${toBeMade}`
}
