import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { fingerprintOf } from './fingerprint.ts'

/**
 * The wire's Avro types. A schema file is kept for ever under its version: a new version is a new file here, and the
 * golden bytes of every version must decode for as long as a log may hold them.
 */
export const requestEventV1 = loadType('request-event.v1.avsc')
export const sourceMarkV1 = loadType('source-mark.v1.avsc')
export const rejectedLineV1 = loadType('rejected-line.v1.avsc')
export const streamVersionV1 = loadType('stream-version.v1.avsc')

export type WireType = {
  readonly avro: avro.Type
  /** Of single-object encoding: two marker bytes and the schema's CRC-64-AVRO fingerprint, little-endian. */
  readonly header: Buffer
}

function loadType(file: string): WireType {
  const schema: unknown = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
  // Wrapped, because which branch of the identity is meant must show on the value.
  const type = avro.Type.forSchema(schema as avro.Schema, { wrapUnions: true })
  const header = Buffer.alloc(10)
  header.writeUInt16BE(0xc301, 0)
  header.writeBigUInt64LE(fingerprintOf(JSON.stringify(type.schema())), 2)
  return { avro: type, header }
}
