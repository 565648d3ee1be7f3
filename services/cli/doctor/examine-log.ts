import { inspectKafka } from '@forbruk/infra/log/kafka/inspect.ts'
import { inspectEmbeddedLog } from '@forbruk/infra/log/sqlite/inspect.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { describeTopic } from './describe-topic.ts'
import { ok, type Verdict } from './finding.ts'
import { judgeKafka } from './judge-kafka.ts'

/** Throws EventLogError when the log can't be counted from. */
export async function examineLog(log: Config['log']): Promise<Verdict> {
  if (log.kind === 'kafka') return judgeKafka(log.topic, log.partitionCount, await inspectKafka(log))
  const found = inspectEmbeddedLog(log.path, log.topic)
  const topic = describeTopic(log.topic, found, log.partitionCount)
  return ok(`embedded, in ${log.path}; ${topic}; for Kafka set KAFKA_BROKERS`)
}
