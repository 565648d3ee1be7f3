import { type EmbeddedLogSettings, openEmbeddedLog } from './embedded.ts'
import type { EventLog } from './event-log.ts'
import { type KafkaLogSettings, openKafkaLog } from './kafka.ts'

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
