import type { KafkaFacts } from '@forbruk/infra/log/kafka/inspect.ts'
import { describeTopic } from './describe-topic.ts'
import { ok, type Verdict, warning } from './finding.ts'

export function judgeKafka(
  topic: string,
  partitionsOfNew: number,
  { brokers, topic: facts }: KafkaFacts,
): Verdict {
  const cluster = `Kafka of ${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`
  const found = `${cluster}; ${describeTopic(topic, facts?.partitionCount ?? null, partitionsOfNew)}`
  const warnings = facts?.warnings ?? []
  return warnings.length === 0 ? ok(found) : warning([found, ...warnings].join('\n'))
}
