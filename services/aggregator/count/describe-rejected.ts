import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { RejectedRow } from '@forbruk/infra/store/tables/rejected-event.ts'
import { describeTime } from '@forbruk/schemas/event/describe-time.ts'
import type {
  RejectedLine,
  RequestEvent,
  SourceMark,
  StreamRecord,
} from '@forbruk/schemas/event/log-event.ts'
import { redactExcerpt } from '@forbruk/schemas/event/redact.ts'
import type { UndecodableEvent } from '@forbruk/schemas/wire/decode.ts'
import type { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import type { SourceFile } from './admit.ts'
import type { HeldLimits, TimeVerdict } from './judge-time.ts'

/** What an event says of where it comes from. */
type Origin = Pick<RequestEvent, 'source' | 'identity'>

/** Null for what has no identity to be recognised by, or whose source could not be read. */
export function identityOf(
  event: RequestEvent | SourceMark | RejectedLine | StreamRecord | UndecodableEvent,
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
    case 'stream_limits':
    case 'stream_growth':
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
    eventTimeMs: null,
    reason: event.reason,
    detail: event.detail,
    source: origin?.source ?? '',
    file: line?.file ?? '',
    position: line?.position ?? null,
    excerpt: event.kind === 'rejected_line' ? event.excerpt : redactExcerpt(record.value ?? ''),
    recordBytes: event.kind === 'rejected_line' ? event.lineBytes : (record.value?.length ?? 0),
  }
}

/** A request whose time is too far from its record's append time. What it says is kept as JSON, as if it came so. */
export function describeUntimely(
  request: ScannedRequest,
  file: SourceFile,
  reason: Exclude<TimeVerdict, 'ok'>,
  record: LogRecord,
  eventIndex: number,
  limits: HeldLimits,
): RejectedEvent {
  const limitMs = reason === 'time_too_old' ? limits.pastMaxMs : limits.aheadMaxMs
  const { texts, timeMs, status, requestBytes, responseBytes } = request
  const said = {
    client_id: request.client.readIn(texts),
    integration_id: request.integration.readIn(texts),
    time: timeMs,
    status,
    request_bytes: requestBytes,
    response_bytes: responseBytes,
  }
  return {
    offset: record.offset,
    eventIndex,
    appendTimeMs: record.appendTimeMs,
    eventTimeMs: timeMs,
    reason,
    detail: describeTime(timeMs, record.appendTimeMs, limitMs ?? 0),
    source: file.source,
    file: request.identity === 'position' ? file.file : '',
    position: request.identity === 'position' ? request.position : null,
    excerpt: redactExcerpt(JSON.stringify(said)),
    recordBytes: record.value?.length ?? 0,
  }
}
