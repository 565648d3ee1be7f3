import type { SchemaRegistry } from '@forbruk/infra/schema-registry/schema-registry.ts'
import type { RecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import {
  LINE_REJECT_REASONS,
  type LineRejectReason,
  type RecordRejectReason,
} from '@forbruk/schemas/event/log-event.ts'
import {
  type DecodePayload,
  ForeignSchemaError,
  openRegisteredSchema,
  readConfluentFrame,
} from '@forbruk/schemas/wire/confluent.ts'
import { type Decoded, decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import type { Piece, ReadValue } from './piece.ts'
import { LINES_PER_RECORD_MAX } from './place.ts'

/** No broker takes so much unless it was told to. */
const VALUE_BYTES_MAX = 64 * 1024 * 1024

/** A gateway's lines, out of what a shipper put around them. */
export function readEnveloped(envelope: RecordEnvelope): ReadValue {
  return value => {
    if (value.length > VALUE_BYTES_MAX) return [tooLarge(value, `${value.length} bytes`)]
    const lines = envelope.unwrap(value)
    return lines.length > LINES_PER_RECORD_MAX ? [tooLarge(value, `${lines.length} lines`)] : lines
  }
}

/**
 * Requests in a form of our own, whichever: Avro in single-object encoding, Avro or JSON behind the id of a schema
 * registry, or JSON. The first bytes tell them apart, since no JSON begins with either. Without a registry nobody can
 * tell what an id stands for, and the record is rejected.
 */
export function readEvents(registry: SchemaRegistry | null): ReadValue {
  const opened = new Map<number, DecodePayload>()
  return async value => {
    const frame = readConfluentFrame(value)
    if (frame === null) return toPieces(decodeRecord(value), value)
    const { schemaId, payload } = frame
    const found = opened.get(schemaId) ?? (await openSchema(registry, schemaId))
    // One that is missing may be registered later.
    if (typeof found !== 'string') opened.set(schemaId, found)
    if (typeof found === 'string')
      return [rejected(value, 'field_missing', `schema id ${schemaId}: ${found}`)]
    return toPieces(found(payload), value)
  }
}

async function openSchema(registry: SchemaRegistry | null, id: number): Promise<DecodePayload | string> {
  if (registry === null) return 'SCHEMA_REGISTRY_URL is not set, so nobody can tell what it stands for'
  const schema = await registry.schema(id)
  if (schema === null) return 'the schema registry has none'
  try {
    return openRegisteredSchema(schema)
  } catch (error) {
    if (error instanceof ForeignSchemaError) return error.message
    throw error
  }
}

function toPieces(events: readonly Decoded[], value: Buffer): readonly Piece[] {
  return events.map(event => toPiece(event, value))
}

function toPiece(event: Decoded, value: Buffer): Piece {
  switch (event.kind) {
    case 'request':
      return { kind: 'event', event }
    case 'rejected_line':
      return rejected(value, event.reason, event.detail)
    case 'undecodable':
      return rejected(value, toLineReason(event.reason), event.detail)
    case 'mark':
    case 'stream_version':
    case 'stream_limits':
      return rejected(value, 'field_missing', `expected a request, found a ${event.kind.replace('_', ' ')}`)
  }
}

function toLineReason(reason: RecordRejectReason): LineRejectReason {
  return LINE_REJECT_REASONS.find(known => known === reason) ?? OTHER_REASONS[reason] ?? 'line_not_json'
}

const OTHER_REASONS: Partial<Record<RecordRejectReason, LineRejectReason>> = {
  record_too_large: 'line_too_long',
  event_malformed: 'field_missing',
  source_invalid: 'field_missing',
  identity_invalid: 'field_missing',
}

function tooLarge(value: Buffer, found: string): Piece {
  const detail = `a record of ${found}; expected at most ${LINES_PER_RECORD_MAX} lines in ${VALUE_BYTES_MAX} bytes`
  return rejected(value, 'line_too_long', detail)
}

function rejected(bytes: Buffer, reason: LineRejectReason, detail: string): Piece {
  return { kind: 'rejected', reason, detail, bytes }
}
