import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { RejectedRow } from '@forbruk/infra/store/tables/rejected-event.ts'
import type {
  RejectedLine,
  RequestEvent,
  SourceMark,
  StreamVersion,
} from '@forbruk/schemas/event/log-event.ts'
import { redactExcerpt } from '@forbruk/schemas/event/redact.ts'
import type { UndecodableEvent } from '@forbruk/schemas/wire/decode.ts'

/** What an event says of where it comes from. */
type Origin = Pick<RequestEvent, 'source' | 'identity'>

/** Null for what has no identity to be recognised by, or whose source could not be read. */
export function identityOf(
  event: RequestEvent | SourceMark | RejectedLine | StreamVersion | UndecodableEvent,
): Origin | null {
  switch (event.kind) {
    case 'request':
      return event
    case 'rejected_line':
      return {
        source: event.source,
        identity: { kind: 'position', file: event.file, position: event.position },
      }
    case 'undecodable':
      return event.origin
    case 'mark':
    case 'stream_version':
      return null
  }
}

/** An event that can't be counted, and where it stands in the partition. */
export type RejectedEvent = Omit<RejectedRow, 'stream' | 'partition' | 'block'>

/** @param eventIndex within its record */
export function describeRejected(
  event: RejectedLine | UndecodableEvent,
  record: LogRecord,
  eventIndex: number,
): RejectedEvent {
  const origin = identityOf(event)
  const line = origin?.identity.kind === 'position' ? origin.identity : null
  return {
    offset: record.offset,
    eventIndex,
    appendTimeMs: record.appendTimeMs,
    reason: event.reason,
    detail: event.detail,
    source: origin?.source ?? '',
    file: line?.file ?? '',
    position: line?.position ?? null,
    excerpt: event.kind === 'rejected_line' ? event.excerpt : redactExcerpt(record.value ?? ''),
    recordBytes: event.kind === 'rejected_line' ? event.lineBytes : (record.value?.length ?? 0),
  }
}
