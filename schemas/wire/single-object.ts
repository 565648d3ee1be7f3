import { readFileSync } from 'node:fs'
import avro from 'avsc'
import type { z } from 'zod'
import { BoundedArray, BoundedMap } from './bounded-items.ts'
import { fingerprintOf } from './fingerprint.ts'

/** An Avro schema, and how its values stand in a record: two marker bytes, the schema's fingerprint, the value. */
export type WireType = {
  readonly avro: avro.Type
  /** Marker and CRC-64-AVRO fingerprint, little-endian: Avro's single-object encoding. */
  readonly header: Buffer
}

const HEADER_BYTES = 10

type Naming = {
  /** What a field is called where it is no matter of spelling. */
  readonly names?: Readonly<Record<string, string>>
  /** Fields of type long are bigints, but for times: avsc's own longs end at 2^53. */
  readonly bigints?: boolean
}

/**
 * A schema from its file, with fields under our names: they are no part of the bytes. `client_id` is `clientId`, and a
 * time says that it is in milliseconds. A union that could be ambiguous names its branch on the value, another doesn't.
 */
export function loadWireType(file: string, { names = {}, bigints = false }: Naming = {}): WireType {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(0xc301, 0)
  header.writeBigUInt64LE(fingerprintOf(JSON.stringify(parseSchema(text, {}).schema())), 2)
  const type = parseSchema(text, {
    ...renaming(names),
    // As avsc's types have no word for a replaced primitive.
    ...(bigints ? { registry: { long: bigintLong as never } } : {}),
  })
  return { avro: type, header }
}

function renaming(names: NonNullable<Naming['names']>): Partial<avro.ForSchemaOptions> {
  return {
    typeHook(schema, options) {
      if (isTyped(schema, 'array')) return new BoundedArray(schema, options)
      if (isTyped(schema, 'map')) return new BoundedMap(schema, options)
      if (isRecord(schema)) for (const field of schema.fields) field.name = nameField(field, names)
      return undefined
    },
  }
}

/**
 * Decodes what another version of the schema has written, by Avro's rules; throws where the two don't go together.
 * `writerSchemas`: the last one is the writer's, and may refer to those before it.
 */
export function openWriterSchema(
  { avro: reader }: WireType,
  writerSchemas: readonly string[],
  names: NonNullable<Naming['names']>,
): (bytes: Buffer) => unknown {
  const options = { ...renaming(names), registry: {} }
  const resolver = reader.createResolver(
    writerSchemas.map(text => parseSchema(text, options)).at(-1) ?? reader,
  )
  return bytes => reader.fromBuffer(bytes, resolver)
}

/** As avsc's types have no word for a schema that was read from a file. */
function parseSchema(text: string, options: Partial<avro.ForSchemaOptions>): avro.Type {
  return avro.Type.forSchema(JSON.parse(text), options)
}

type Field = { name: string; readonly type: unknown }

function isRecord(schema: unknown): schema is { readonly fields: Field[] } {
  return typeof schema === 'object' && schema !== null && 'fields' in schema
}

function isTyped(schema: avro.Schema, type: 'array' | 'map'): boolean {
  return typeof schema === 'object' && 'type' in schema && schema.type === type
}

function nameField({ name, type }: Field, names: NonNullable<Naming['names']>): string {
  const isTime = typeof type === 'object' && type !== null && 'logicalType' in type
  const spelled = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return names[name] ?? (isTime ? `${spelled}Ms` : spelled)
}

const bigintLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

/** Where values are written before they are copied out in their length; grows to the largest seen. */
let scratch = Buffer.allocUnsafe(4096)

/** A value as a record's value. What the schema has no field for is left out. */
export function encodeSingleObject({ avro, header }: WireType, value: unknown): Buffer {
  let end = avro.encode(value, scratch, HEADER_BYTES)
  if (end < 0) {
    // avsc answers how many bytes were missing, negated.
    scratch = Buffer.allocUnsafe(scratch.length - end)
    end = avro.encode(value, scratch, HEADER_BYTES)
  }
  header.copy(scratch)
  return Buffer.from(scratch.subarray(0, end))
}

export function isOfType({ header }: WireType, bytes: Buffer): boolean {
  return bytes.length > HEADER_BYTES && bytes.compare(header, 0, HEADER_BYTES, 0, HEADER_BYTES) === 0
}

/** What follows the header, every field checked against the schema. Throws when it is no such value. */
export function decodeSingleObject({ avro }: WireType, bytes: Buffer): unknown {
  return avro.fromBuffer(bytes.subarray(HEADER_BYTES))
}

/** The value in a record of a topic that has this type alone; null when it holds none. */
export function readSingleObject<Value>(
  type: WireType,
  shape: z.ZodType<Value>,
  bytes: Buffer | null,
): Value | null {
  if (bytes === null || !isOfType(type, bytes)) return null
  try {
    return shape.parse(decodeSingleObject(type, bytes))
  } catch {
    return null
  }
}
