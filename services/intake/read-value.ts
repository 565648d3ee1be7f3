import type { SchemaRegistry } from '@forbruk/infra/schema-registry/schema-registry.ts'
import { AvroMalformedError } from '@forbruk/schemas/avro/avro-bytes.ts'
import { openAvroSchema } from '@forbruk/schemas/avro/open-avro-schema.ts'
import type { RecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import type { LineRejectReason, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { toLineReason } from '@forbruk/schemas/event/to-line-reason.ts'
import { readOwnNames } from '@forbruk/schemas/gateway/accept-request.ts'
import type { DeclaredFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { findOtherEncoding } from '@forbruk/schemas/text/find-encoding.ts'
import {
  type DecodePayload,
  ForeignSchemaError,
  openRegisteredSchema,
  type RegisteredSchema,
  readConfluentFrame,
} from '@forbruk/schemas/wire/confluent.ts'
import { type Decoded, decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import type { Piece, ReadValue } from './piece.ts'
import { LINES_PER_RECORD_MAX } from './place.ts'

/** No broker takes so much unless it was told to. */
const VALUE_BYTES_MAX = 64 * 1024 * 1024
/** Longer is no line of a log. */
const LINE_BYTES_MAX = 1_048_576

/** Of three bytes, as all that are known to us have. */
const FRAMED_IDS_MAX = 2 ** 24

const REGISTRY_UNSET = 'SCHEMA_REGISTRY_URL is not set, so nobody can tell what it stands for'

type ReadsText = Pick<DeclaredFormat, 'parseValue'>

/**
 * A gateway's lines, out of what a shipper put around them, and out of the frame of a schema registry: JSON, or Avro of
 * any schema, which is read as the JSON that it stands for. A line may hold a list of requests.
 */
export function readEnveloped(
  envelope: RecordEnvelope,
  format: ReadsText,
  registry: SchemaRegistry | null,
): ReadValue {
  const readText = openText(envelope, format)
  const openFrame = frameOpener(registry)
  return value => {
    const text = openFrame(value)
    const read = (opened: Buffer | Piece) => (Buffer.isBuffer(opened) ? readText(opened) : [opened])
    return text instanceof Promise ? text.then(read) : read(text)
  }
}

/** What stands behind a registry's frame as text, or why that is not read; what has no frame as it is. */
function frameOpener(
  registry: SchemaRegistry | null,
): (value: Buffer) => Buffer | Piece | Promise<Buffer | Piece> {
  const opened = new Map<number, OpenPayload>()
  return value => {
    const frame = findFrame(value)
    if (frame === null) return value
    const { schemaId, payload } = frame
    const open = opened.get(schemaId)
    if (open !== undefined) return openPayload(open, payload, value, schemaId)
    return openFraming(registry, schemaId).then(found => {
      if (typeof found === 'string') return framingFault(value, schemaId, found)
      opened.set(schemaId, found)
      return openPayload(found, payload, value, schemaId)
    })
  }
}

type OpenPayload = (payload: Buffer) => Buffer

/** Throws what is not of bytes that are not as their schema says. */
function openPayload(open: OpenPayload, payload: Buffer, value: Buffer, schemaId: number): Buffer | Piece {
  try {
    return open(payload)
  } catch (error) {
    if (error instanceof AvroMalformedError)
      return framingFault(value, schemaId, `it is not as that schema has it: ${error.message}`)
    throw error
  }
}

/**
 * Null where the value begins with text, or with the NULs that a file's hole leaves before it: registries number from
 * 1, and none has come to sixteen million. Where up to four NULs could be either, the registry is asked.
 */
function findFrame(value: Buffer) {
  const frame = readConfluentFrame(value)
  return frame === null || frame.schemaId === 0 || frame.schemaId >= FRAMED_IDS_MAX ? null : frame
}

/** How what is framed becomes text, or why it is not read. */
async function openFraming(registry: SchemaRegistry | null, schemaId: number): Promise<OpenPayload | string> {
  if (registry === null) return REGISTRY_UNSET
  const schema = await registry.schema(schemaId)
  switch (schema.kind) {
    case 'fault':
      return schema.detail
    case 'JSON':
      return payload => payload
    case 'PROTOBUF':
      return 'it is Protobuf, of which no line is read; expected Avro or JSON'
    case 'AVRO':
      return openForeignAvro(schema)
  }
}

/** Whatever its schema is, that is another party's. */
function openForeignAvro(schema: RegisteredSchema): OpenPayload | string {
  try {
    return openAvroSchema(schema)
  } catch (error) {
    return `the schema registry's schema can't be used: ${error instanceof Error ? error.message : String(error)}`
  }
}

function framingFault(value: Buffer, schemaId: number, fault: string): Piece {
  return rejected(
    value,
    'line_not_json',
    `in the framing of a schema registry, schema id ${schemaId}: ${fault}`,
  )
}

function openText(envelope: RecordEnvelope, format: ReadsText): (value: Buffer) => readonly Piece[] {
  return value => {
    if (value.length > VALUE_BYTES_MAX) return [tooLarge(value, `${value.length} bytes`)]
    const encoding = findOtherEncoding(value)
    if (encoding !== null)
      return [rejected(value, 'line_not_utf8', `a record of ${encoding}; expected UTF-8`)]
    const pieces: Piece[] = []
    for (const line of envelope.unwrap(value)) {
      for (const piece of line.kind === 'line' ? readLine(line.bytes, format) : [line]) pieces.push(piece)
      if (pieces.length > LINES_PER_RECORD_MAX)
        return [tooLarge(value, `more than ${LINES_PER_RECORD_MAX} lines`)]
    }
    return pieces
  }
}

/** The lines of a record, and what each of them holds: for who asks for one of them again. */
export type ReadTexts = (
  value: Buffer,
) => Promise<readonly { readonly bytes: Uint8Array; readonly pieces: readonly Piece[] }[]>

export function readEnvelopedTexts(
  envelope: RecordEnvelope,
  format: ReadsText,
  registry: SchemaRegistry | null,
): ReadTexts {
  const openFrame = frameOpener(registry)
  return async value => {
    const text = await openFrame(value)
    if (!Buffer.isBuffer(text)) return [{ bytes: value, pieces: [text] }]
    return envelope.unwrap(text).map(line => ({
      bytes: line.bytes,
      pieces: line.kind === 'line' ? readLine(line.bytes, format) : [line],
    }))
  }
}

function readLine(bytes: Uint8Array, format: ReadsText): readonly Piece[] {
  if (bytes.length > LINE_BYTES_MAX) {
    const detail = `${bytes.length} bytes; expected at most ${LINE_BYTES_MAX}`
    return [rejected(bytes, 'line_too_long', detail)]
  }
  const parsed = format.parseValue(bytes)
  // A line of nothing is a place as well.
  if (parsed.length === 0) return [{ kind: 'blank' }]
  return parsed.map(each => (each.kind === 'rejected' ? { ...each, bytes } : each))
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
  if (registry === null) return REGISTRY_UNSET
  const schema = await registry.schema(id)
  if (schema.kind === 'fault') return schema.detail
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
      return toRequest(event, value)
    case 'rejected_line':
      return rejected(value, event.reason, event.detail)
    case 'undecodable':
      return rejected(value, toLineReason(event.reason), event.detail)
    case 'mark':
    case 'stream_version':
    case 'stream_limits':
    case 'stream_growth':
    case 'signed': {
      const found = event.kind === 'signed' ? 'signed record' : event.kind.replace('_', ' ')
      return rejected(value, 'field_missing', `expected a request, found a ${found}`)
    }
  }
}

/** Its source is the intake's, and so is its place: where its sender says that it stands is no matter of ours. */
function toRequest({ identity, ...request }: RequestEvent, value: Buffer): Piece {
  const names = readOwnNames(request)
  if (names.kind === 'rejected') return { ...names, bytes: value }
  const { clientId, integrationId } = names
  const { timeMs, status, requestBytes, responseBytes } = request
  const said = {
    kind: 'request',
    clientId,
    integrationId,
    timeMs,
    status,
    requestBytes,
    responseBytes,
  } as const
  return identity.kind === 'request_id' ? { ...said, requestId: identity.id } : said
}

function tooLarge(value: Buffer, found: string): Piece {
  const detail = `a record of ${found}; expected at most ${LINES_PER_RECORD_MAX} lines in ${VALUE_BYTES_MAX} bytes`
  return rejected(value, 'line_too_long', detail)
}

function rejected(bytes: Uint8Array, reason: LineRejectReason, detail: string): Piece {
  return { kind: 'rejected', reason, detail, bytes }
}
