import type {
  EventIdentity,
  RejectedLine,
  RequestEvent,
  SourceMark,
  StreamVersion,
} from '../event/log-event.ts'
import { rejectedLineV1, requestEventV1, sourceMarkV1, streamVersionV1, type WireType } from './avro-types.ts'

/** One event as a record's value: Avro, single-object encoding, newest version. */
export function encodeRequest(event: RequestEvent): Buffer {
  return encode(requestEventV1, {
    source: event.source,
    identity: wrapIdentity(event.identity),
    client_id: event.clientId,
    integration_id: event.integrationId,
    time: event.timeMs,
    status: event.status,
    request_bytes: event.requestBytes,
    response_bytes: event.responseBytes,
  })
}

export function encodeMark(mark: SourceMark): Buffer {
  return encode(sourceMarkV1, {
    source: mark.source,
    file: mark.file,
    position: mark.position,
    events_total: mark.eventsTotal,
    through: mark.throughMs,
    format: mark.format,
  })
}

export function encodeRejectedLine(line: RejectedLine): Buffer {
  return encode(rejectedLineV1, {
    source: line.source,
    file: line.file,
    position: line.position,
    reason: line.reason,
    detail: line.detail,
    excerpt: line.excerpt,
    line_bytes: line.lineBytes,
  })
}

export function encodeStreamVersion(version: Omit<StreamVersion, 'kind'>): Buffer {
  return encode(streamVersionV1, {
    fold_version: version.foldVersion,
    block_size: version.blockSize,
    window_size: version.windowSize,
  })
}

function wrapIdentity(identity: EventIdentity): unknown {
  switch (identity.kind) {
    case 'position':
      return { 'no.forbruk.LinePosition': { file: identity.file, position: identity.position } }
    case 'request_id':
      return { 'no.forbruk.RequestId': { id: identity.id } }
    case 'none':
      return null
  }
}

/** Where values are written before they are copied out in their length; grows to the largest seen. */
let scratch = Buffer.allocUnsafe(4096)

function encode(type: WireType, value: unknown): Buffer {
  const start = type.header.length
  let end = type.avro.encode(value, scratch, start)
  if (end < 0) {
    // avsc answers how many bytes were missing, negated.
    scratch = Buffer.allocUnsafe(scratch.length - end)
    end = type.avro.encode(value, scratch, start)
  }
  type.header.copy(scratch)
  return Buffer.from(scratch.subarray(0, end))
}
