import type { KafkaFacts } from '@forbruk/infra/log/kafka/inspect.ts'
import { describeTopic } from './describe-topic.ts'
import { ok, type Verdict, warning } from './finding.ts'

const DAY_MS = 86_400_000

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
