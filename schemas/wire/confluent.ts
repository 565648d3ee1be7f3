import { requestEventV1 } from './avro-types.ts'
import { type Decoded, decodeRecord, readRequest } from './decode.ts'
import { openWriterSchema } from './single-object.ts'

const MAGIC = 0x00
const FRAME_BYTES = 5

/** A value as serializers of a schema registry write it: a zero byte, the schema's id, the payload. */
type ConfluentFrame = { readonly schemaId: number; readonly payload: Buffer }

/** Null where the bytes begin otherwise. */
export function readConfluentFrame(value: Buffer): ConfluentFrame | null {
  if (value.length <= FRAME_BYTES || value[0] !== MAGIC) return null
  return { schemaId: value.readUInt32BE(1), payload: value.subarray(FRAME_BYTES) }
}

/** As a registry has it. `references`: texts of those that it refers to, each after what it refers to itself. */
export type RegisteredSchema = {
  readonly kind: 'AVRO' | 'JSON' | 'PROTOBUF'
  readonly text: string
  readonly references: readonly string[]
}

export type DecodePayload = (payload: Buffer) => readonly Decoded[]

/** The schema is none by which a request event can be written; the message says what stands against it. */
export class ForeignSchemaError extends Error {
  override name = 'ForeignSchemaError'
}

/**
 * How payloads of a registered schema become events: of any version of our own Avro schema, older or newer, by Avro's
 * rules of resolution; of JSON as it stands. Throws ForeignSchemaError.
 */
export function openRegisteredSchema(schema: RegisteredSchema): DecodePayload {
  switch (schema.kind) {
    case 'JSON':
      return decodeRecord
    case 'PROTOBUF':
      throw new ForeignSchemaError('it is Protobuf; expected Avro or JSON')
    case 'AVRO':
      return openAvro(schema)
  }
}

/** Whether or not the writer says that it is a time. */
const OUR_NAMES = { time: 'timeMs' }

function openAvro({ text, references }: RegisteredSchema): DecodePayload {
  let decode: (payload: Buffer) => unknown
  try {
    decode = openWriterSchema(requestEventV1, [...references, text], OUR_NAMES)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ForeignSchemaError(`it can't be read as no.forbruk.RequestEvent (${reason})`)
  }
  return payload => {
    try {
      // The resolver has made of it what our own schema says.
      return [readRequest(decode(payload) as never)]
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      return [{ kind: 'undecodable', reason: 'avro_malformed', detail, origin: null }]
    }
  }
}
