import { spellStatus } from '../event/answered-with.ts'
import { findRequestFault, isName, isPosition, type RequestFields } from '../event/check-request.ts'
import {
  type EventIdentity,
  LINE_REJECT_REASONS,
  type LogEvent,
  type RecordRejectReason,
  type RejectedLine,
  type SignedRecord,
  type SourceMark,
  type StreamGrowth,
  type StreamLimits,
  type StreamVersion,
} from '../event/log-event.ts'
import {
  rejectedLineV1,
  requestEventV1,
  signedRecordV1,
  sourceMarkV1,
  sourceMarkV2,
  sourceMarkV3,
  streamGrowthV1,
  streamLimitsV1,
  streamVersionV1,
} from './avro-types.ts'
import {
  readInstanceMark,
  readMark,
  readObstructedMark,
  type WireInstanceMark,
  type WireMark,
  type WireObstructedMark,
} from './read-mark.ts'
import { decodeSingleObject, isOfType, type WireType } from './single-object.ts'

/** What one record holds, in order: events, or the reason why something in it is none. Never empty. */
export type Decoded = LogEvent | UndecodableEvent

export type UndecodableEvent = {
  readonly kind: 'undecodable'
  readonly reason: RecordRejectReason
  /** What was found and what was expected. */
  readonly detail: string
  /** Known when the record was readable but its content was not acceptable. */
  readonly origin: { readonly source: string; readonly identity: EventIdentity } | null
}

/** Far above any event; the log's own limit is 1 MiB. */
const RECORD_BYTES_MAX = 4 * 1024 * 1024
const EVENTS_PER_RECORD_MAX = 10_000

/**
 * Reads a record's value, whatever bytes it is: Avro in single-object encoding, JSON, or a JSON array of events.
 * Pure: the answer depends on the bytes alone, so that a replay decides the same.
 */
export function decodeRecord(value: Buffer | null): readonly Decoded[] {
  if (value === null || value.length === 0) return [undecodable('record_empty', 'the record has no value')]
  if (value.length > RECORD_BYTES_MAX) {
    return [undecodable('record_too_large', `${value.length} bytes; expected at most ${RECORD_BYTES_MAX}`)]
  }
  switch (value[0]) {
    case 0xc3:
      return [decodeAvro(value)]
    case 0x00:
      return [undecodable('schema_unknown', describeConfluentFraming(value))]
    default:
      return decodeJson(value)
  }
}

function decodeAvro(value: Buffer): Decoded {
  if (isOfType(requestEventV1, value)) return readAvro(requestEventV1, value, readRequest)
  if (isOfType(sourceMarkV1, value))
    return readAvro(sourceMarkV1, value, (wire: WireMark) => markOr(readMark(wire)))
  if (isOfType(sourceMarkV2, value))
    return readAvro(sourceMarkV2, value, (wire: WireObstructedMark) => markOr(readObstructedMark(wire)))
  if (isOfType(sourceMarkV3, value))
    return readAvro(sourceMarkV3, value, (wire: WireInstanceMark) => markOr(readInstanceMark(wire)))
  if (isOfType(rejectedLineV1, value)) return readAvro(rejectedLineV1, value, readRejectedLine)
  if (isOfType(streamVersionV1, value)) return readAvro(streamVersionV1, value, readStreamVersion)
  if (isOfType(streamLimitsV1, value)) return readAvro(streamLimitsV1, value, readStreamLimits)
  if (isOfType(streamGrowthV1, value)) return readAvro(streamGrowthV1, value, readStreamGrowth)
  if (isOfType(signedRecordV1, value)) return readAvro(signedRecordV1, value, readSigned)
  if (value.length < 10 || value[1] !== 0x01) {
    return undecodable('avro_malformed', 'expected C3 01 and an 8-byte schema fingerprint')
  }
  return rejectSchema(value)
}

/** A record of a schema that is not known, or was not when the rules were made by which it is counted. */
export function rejectSchema(value: Buffer): UndecodableEvent {
  const fingerprint = value.readBigUInt64LE(2).toString(16).padStart(16, '0')
  return undecodable('schema_unknown', `no schema of ours has the fingerprint ${fingerprint}`)
}

function readAvro(type: WireType, value: Buffer, read: (wire: never) => Decoded): Decoded {
  let wire: unknown
  try {
    wire = decodeSingleObject(type, value)
  } catch (error) {
    return undecodable('avro_malformed', error instanceof Error ? error.message : String(error))
  }
  // avsc has checked every field against the schema, so its shape is the schema's.
  return read(wire as never)
}

type WireIdentity = {
  'no.forbruk.LinePosition'?: { file: string; position: number }
  'no.forbruk.RequestId'?: { id: string }
} | null

export function readRequest(wire: Omit<RequestFields, 'identity'> & { identity: WireIdentity }): Decoded {
  // Field by field, as it is written: events are many.
  return acceptRequest({
    source: wire.source,
    identity: unwrapIdentity(wire.identity),
    clientId: wire.clientId,
    integrationId: wire.integrationId,
    timeMs: wire.timeMs,
    status: wire.status,
    requestBytes: wire.requestBytes,
    responseBytes: wire.responseBytes,
  })
}

function unwrapIdentity(wire: WireIdentity): EventIdentity {
  const line = wire?.['no.forbruk.LinePosition']
  if (line !== undefined) return { kind: 'position', file: line.file, position: line.position }
  const request = wire?.['no.forbruk.RequestId']
  if (request !== undefined) return { kind: 'request_id', id: request.id }
  return { kind: 'none' }
}

function acceptRequest(fields: RequestFields): Decoded {
  const fault = findRequestFault(fields)
  if (fault === null) return { kind: 'request', ...fields }
  const reason = fault.missing ? 'client_missing' : (`${fault.field}_invalid` as const)
  const trustworthy = fault.field !== 'source' && fault.field !== 'identity'
  return {
    kind: 'undecodable',
    reason,
    detail: fault.missing ? `${fault.detail}; ${spellStatus(fields.status)}` : fault.detail,
    origin: trustworthy ? { source: fields.source, identity: fields.identity } : null,
  }
}

function markOr(mark: SourceMark | null): Decoded {
  return mark ?? undecodable('event_malformed', IMPOSSIBLE_MARK)
}

const IMPOSSIBLE_MARK = 'a source mark with an impossible source, position, total, time, obstacle or instance'

function readRejectedLine(line: Omit<RejectedLine, 'kind' | 'reason'> & { reason: string }): Decoded {
  const reason = LINE_REJECT_REASONS.find(known => known === line.reason)
  const whole =
    isName(line.source) && isName(line.file) && isPosition(line.position) && isPosition(line.lineBytes)
  if (reason === undefined || !whole) {
    return undecodable('event_malformed', 'a rejected line with an unknown reason or an impossible origin')
  }
  return { kind: 'rejected_line', ...line, reason }
}

function readStreamVersion(version: Omit<StreamVersion, 'kind'>): Decoded {
  const { foldVersion, blockSize, windowSize } = version
  if (foldVersion < 1 || windowSize < 1 || windowSize > blockSize) {
    return undecodable('event_malformed', 'a stream version with an impossible version, block or window size')
  }
  return { kind: 'stream_version', ...version }
}

function readStreamLimits(limits: Omit<StreamLimits, 'kind'>): Decoded {
  if (limits.pastMaxMs < 1 || limits.aheadMaxMs < 1) {
    return undecodable('event_malformed', 'stream limits below one millisecond')
  }
  return { kind: 'stream_limits', ...limits }
}

function readStreamGrowth(growth: Omit<StreamGrowth, 'kind'>): Decoded {
  if (growth.partitionCount < 1) {
    return undecodable('event_malformed', 'a stream growth to no partition')
  }
  return { kind: 'stream_growth', ...growth }
}

/** The payload is one event of those that need somebody's word. */
function readSigned({ sequence, payload, signature }: Omit<SignedRecord, 'kind' | 'event'>): Decoded {
  const event = payload[0] === 0xc3 && !isOfType(signedRecordV1, payload) ? decodeAvro(payload) : null
  switch (event?.kind) {
    case 'request':
    case 'stream_version':
    case 'stream_limits':
    case 'stream_growth':
      if (isPosition(sequence)) return { kind: 'signed', sequence, payload, signature, event }
  }
  return undecodable(
    'event_malformed',
    'a signed record of something else than a request, a version, limits or growth',
  )
}

function decodeJson(value: Buffer): readonly Decoded[] {
  let json: unknown
  try {
    json = JSON.parse(value.toString('utf8'))
  } catch {
    return [undecodable('json_malformed', 'neither Avro nor JSON')]
  }
  if (!Array.isArray(json)) return [readJsonRequest(json)]
  if (json.length === 0) return [undecodable('record_empty', 'an empty array')]
  if (json.length > EVENTS_PER_RECORD_MAX) {
    return [
      undecodable('record_too_large', `${json.length} events; expected at most ${EVENTS_PER_RECORD_MAX}`),
    ]
  }
  return json.map(readJsonRequest)
}

/** The same fields as the Avro event, with the identity flat: `file` and `position`, or `request_id`, or neither. */
function readJsonRequest(json: unknown): Decoded {
  if (typeof json !== 'object' || json === null) {
    return undecodable('event_malformed', `expected an object, found ${json === null ? 'null' : typeof json}`)
  }
  const event = json as Record<string, unknown>
  const { source = '', client_id: clientId = '', integration_id: integrationId = '', time, status } = event
  const { request_bytes: requestBytes, response_bytes: responseBytes } = event
  if (typeof source !== 'string') return wrongType('source', 'a string')
  if (typeof clientId !== 'string') return wrongType('client_id', 'a string')
  if (typeof integrationId !== 'string') return wrongType('integration_id', 'a string')
  if (typeof time !== 'number') return wrongType('time', 'milliseconds since the epoch')
  if (typeof status !== 'number') return wrongType('status', 'a number')
  if (typeof requestBytes !== 'number') return wrongType('request_bytes', 'a number')
  if (typeof responseBytes !== 'number') return wrongType('response_bytes', 'a number')
  const identity = readJsonIdentity(event)
  if (identity === null) return wrongType('identity', 'file and position, or request_id, or neither')
  return acceptRequest({
    source,
    identity,
    clientId,
    integrationId,
    timeMs: time,
    status,
    requestBytes,
    responseBytes,
  })
}

function readJsonIdentity(event: Record<string, unknown>): EventIdentity | null {
  const { file, position, request_id: id } = event
  if (typeof file === 'string' && typeof position === 'number' && id === undefined) {
    return { kind: 'position', file, position }
  }
  if (file !== undefined || position !== undefined) return null
  if (typeof id === 'string') return { kind: 'request_id', id }
  return id === undefined ? { kind: 'none' } : null
}

function wrongType(field: string, expected: string): UndecodableEvent {
  return undecodable('event_malformed', `${field} is missing or of the wrong type; expected ${expected}`)
}

function undecodable(reason: RecordRejectReason, detail: string): UndecodableEvent {
  return { kind: 'undecodable', reason, detail, origin: null }
}

function describeConfluentFraming(value: Buffer): string {
  const id = value.length >= 5 ? String(value.readUInt32BE(1)) : 'cut off'
  return `Confluent framing with schema id ${id}; expected single-object encoding (C3 01) or JSON`
}
