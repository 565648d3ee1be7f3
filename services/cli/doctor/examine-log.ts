import { existsSync } from 'node:fs'
import { inspectKafka, type KafkaFacts } from '@forbruk/infra/log/inspect-kafka.ts'
import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { type Finding, ok, warning } from './finding.ts'

const DAY_MS = 86_400_000

/** Throws EventLogError when the log can't be counted from. */
export async function examineLog(log: Config['log']): Promise<Omit<Finding, 'check'>> {
  if (log.kind === 'kafka') return judgeKafka(log.topic, log.partitionCount, await inspectKafka(log))
  if (!existsSync(log.path))
    return ok(`embedded, in ${log.path}, still to be made; for Kafka set KAFKA_BROKERS`)
  const opened = await openEventLog({ ...log, clock: Date.now })
  await opened.close()
  return ok(`embedded, in ${log.path}; for Kafka set KAFKA_BROKERS`)
}

/** Pure. */
export function judgeKafka(
  topic: string,
  partitionsOfNew: number,
  { brokers, topic: facts }: KafkaFacts,
): Omit<Finding, 'check'> {
  const cluster = `Kafka of ${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`
  if (facts === null)
    return ok(`${cluster}; the topic "${topic}" is still to be made, of ${partitionsOfNew} partitions`)
  const { partitionCount, shortRetentionMs } = facts
  const found = `${cluster}; "${topic}" of ${partitionCount} ${partitionCount === 1 ? 'partition' : 'partitions'}`
  if (shortRetentionMs === null) return ok(found)
  const days = (shortRetentionMs / DAY_MS).toFixed(1)
  return warning(
    `${found} keeps records for ${days} days only: a closed month can't be replayed; set retention.ms to 62 days or more`,
  )
}
