import type { EventLog, ForeignTopic } from './event-log.ts'
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

/** Somebody else's topic beside the log: to be read, never made nor written to. Throws EventLogError. */
export async function openForeignTopic(
  settings: EventLogSettings,
  topic: string,
): Promise<ForeignTopic & Pick<EventLog, 'read'>> {
  return openEventLog({ ...settings, topic, ...(settings.kind === 'kafka' ? { isForeign: true } : {}) })
}

/**
 * A writer of the topic of `log`, which was opened by the same settings. The sole one of its holder, an installation or
 * an intake's source: one of another holder that writes to the same topic is not fenced by its claims on Kafka.
 */
export function openSoleWriter(
  settings: EventLogSettings,
  log: Pick<EventLog, 'partitionCount'>,
  holder: string,
): SoleWriter {
  switch (settings.kind) {
    case 'kafka':
      return openKafkaSoleWriter(settings, log.partitionCount, holder)
    case 'embedded':
      return openEmbeddedSoleWriter(settings)
  }
}
