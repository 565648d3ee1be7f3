import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { RejectedRow } from '@forbruk/infra/store/tables/rejected-event.ts'
import { describeTime } from '@forbruk/schemas/event/describe-time.ts'
import type {
  RejectedLine,
  RequestEvent,
  SourceMark,
  StreamRecord,
} from '@forbruk/schemas/event/log-event.ts'
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

/** An event that can't be counted, and its place in its record. */
export type RejectedEvent = Pick<
  RejectedRow,
  'eventIndex' | 'eventTimeMs' | 'reason' | 'detail' | 'source' | 'file' | 'position'
>

/** @param eventIndex within its record */
export function describeRejected(event: RejectedLine | UndecodableEvent, eventIndex: number): RejectedEvent {
  const origin = identityOf(event)
  const line = origin?.identity.kind === 'position' ? origin.identity : null
  return {
    eventIndex,
    eventTimeMs: null,
    reason: event.reason,
    detail: event.detail,
    source: origin?.source ?? '',
    file: line?.file ?? '',
    position: line?.position ?? null,
  }
}

/** A request whose time is too far from its record's append time. */
export function describeUntimely(
  { timeMs, identity, position }: ScannedRequest,
  { source, file }: SourceFile,
  reason: Exclude<TimeVerdict, 'ok'>,
  { appendTimeMs }: LogRecord,
  eventIndex: number,
  limits: HeldLimits,
): RejectedEvent {
  const limitMs = reason === 'time_too_old' ? limits.pastMaxMs : limits.aheadMaxMs
  const isLine = identity === 'position'
  return {
    eventIndex,
    eventTimeMs: timeMs,
    reason,
    detail: describeTime(timeMs, appendTimeMs, limitMs ?? 0),
    source,
    file: isLine ? file : '',
    position: isLine ? position : null,
  }
}
