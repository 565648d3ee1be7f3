import type { EventLog } from './event-log.ts'
import { type KafkaLogSettings, openKafkaLog } from './kafka/kafka-log.ts'
import { openKafkaSoleWriter } from './kafka/sole-writer.ts'
import type { SoleWriter } from './sole-writer.ts'
import { openEmbeddedSoleWriter } from './sqlite/sole-writer.ts'
import { type EmbeddedLogSettings, openEmbeddedLog } from './sqlite/sqlite-log.ts'

export type EventLogSettings =
  | ({ readonly kind: 'kafka' } & KafkaLogSettings)
  | ({ readonly kind: 'embedded' } & EmbeddedLogSettings)

/** Throws EventLogError when the log can't be used as it is. */
export async function openEventLog(settings: EventLogSettings): Promise<EventLog> {
  switch (settings.kind) {
    case 'kafka':
      return openKafkaLog(settings)
    case 'embedded':
      return openEmbeddedLog(settings)
  }
}

/**
 * A writer of the topic of `log`, which was opened by the same settings. The sole one of its installation: another one
 * that writes to the same topic is not fenced by its claims on Kafka.
 */
export function openSoleWriter(
  settings: EventLogSettings,
  log: Pick<EventLog, 'partitionCount'>,
  installation: string,
): SoleWriter {
  switch (settings.kind) {
    case 'kafka':
      return openKafkaSoleWriter(settings, log.partitionCount, installation)
    case 'embedded':
      return openEmbeddedSoleWriter(settings)
  }
}
