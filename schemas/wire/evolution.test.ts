import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { describe, expect, test } from 'vitest'
import { ForeignSchemaError, openRegisteredSchema, readConfluentFrame } from './confluent.ts'
import { decodeRecord } from './decode.ts'
import { fingerprintOf } from './fingerprint.ts'

/**
 * Requests in all their framings, by bytes that were written once: what today's code reads of version 1 and of a later
 * one, and what an older reader makes of today's.
 */

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
const linesOf = (file: string) => read(`golden-evolution/${file}`).trimEnd().split('\n')
const bytesOf = (file: string) => linesOf(file).map(hex => Buffer.from(hex, 'hex'))

const V1 = read('request-event.v1.avsc')
const LATER = read('golden-evolution/request-event.later.avsc')
const NAMES = ['request-by-id', 'request-by-position', 'request-without-identity']
const EVENTS = NAMES.map((name): unknown => JSON.parse(read(`golden/${name}.v1.json`)))
const SINGLE_OBJECTS = NAMES.map(name =>
  Buffer.from(read(`golden/${name}.v1.hex`).replaceAll('\n', ''), 'hex'),
)

const HEADER_BYTES = 10

function framed(value: Buffer): { schemaId: number; payload: Buffer } {
  const frame = readConfluentFrame(value)
  if (frame === null) throw new Error('expected the framing of a schema registry')
  return frame
}

describe('of version 1 today’s code reads', () => {
  test('single objects', () => expect(SINGLE_OBJECTS.flatMap(decodeRecord)).toEqual(EVENTS))

  test('JSON', () => {
    const records = linesOf('request.v1.ndjson')
    expect(records.flatMap(record => decodeRecord(Buffer.from(record)))).toEqual(EVENTS)
    expect(decodeRecord(Buffer.from(`[${records.join()}]`))).toEqual(EVENTS)
  })

  test('what is behind the id of a registry', () => {
    const decode = openRegisteredSchema({ kind: 'AVRO', text: V1, references: [] })
    const frames = bytesOf('confluent.v1.hex').map(framed)
    expect(frames.map(({ schemaId }) => schemaId)).toEqual([7, 7, 7])
    expect(frames.flatMap(({ payload }) => decode(payload))).toEqual(EVENTS)
  })
})

describe('of a later version, with fields in another order and further ones,', () => {
  const payloads = bytesOf('confluent.later.hex').map(value => framed(value).payload)

  test('today’s code reads the same requests, once its schema is known', () => {
    expect(payloads.flatMap(openRegisteredSchema({ kind: 'AVRO', text: LATER, references: [] }))).toEqual(
      EVENTS,
    )
  })

  test('and none where it is not known: nothing is guessed by a schema that it may not be', () => {
    const canonical = JSON.stringify(avro.Type.forSchema(JSON.parse(LATER)).schema())
    const header = Buffer.from('c3010000000000000000', 'hex')
    header.writeBigUInt64LE(fingerprintOf(canonical), 2)
    for (const payload of payloads) {
      expect(decodeRecord(Buffer.concat([header, payload]))).toEqual([
        {
          kind: 'undecodable',
          reason: 'schema_unknown',
          detail: `no schema of ours has the fingerprint ${fingerprintOf(canonical).toString(16).padStart(16, '0')}`,
          origin: null,
        },
      ])
    }
    for (const value of bytesOf('confluent.later.hex')) {
      expect(decodeRecord(value)).toMatchObject([
        { reason: 'schema_unknown', detail: expect.stringMatching(/\b8\b/) },
      ])
    }
  })
})

describe('an older reader', () => {
  const ofOthers = (text: string) => avro.Type.forSchema(JSON.parse(text))

  test('that knows fewer fields reads today’s bytes', () => {
    const { fields, ...record } = JSON.parse(V1)
    const known = ['client_id', 'time', 'status']
    const older = avro.Type.forSchema({
      ...record,
      fields: fields.filter(({ name }: { name: string }) => known.includes(name)),
    })
    const resolver = older.createResolver(ofOthers(V1))
    expect(SINGLE_OBJECTS.map(value => older.fromBuffer(value.subarray(HEADER_BYTES), resolver))).toEqual(
      EVENTS.map(event => {
        const { clientId, timeMs, status } = event as Record<string, unknown>
        return { client_id: clientId, time: timeMs, status }
      }),
    )
  })

  test('that has today’s schema reads a later version as today’s bytes', () => {
    const today = ofOthers(V1)
    const resolver = today.createResolver(ofOthers(LATER))
    const later = bytesOf('confluent.later.hex').map(value =>
      today.fromBuffer(framed(value).payload, resolver),
    )
    expect(later).toEqual(SINGLE_OBJECTS.map(value => today.fromBuffer(value.subarray(HEADER_BYTES))))
  })
})

describe('what breaks the rule is no version of ours, and is rejected with what stands against it:', () => {
  type Field = { name: string; type: unknown; default?: unknown }
  const changed = (change: (fields: Field[]) => readonly Field[]) => {
    const { fields, ...record } = JSON.parse(LATER)
    return JSON.stringify({ ...record, fields: change(fields) })
  }
  const typed = (name: string, type: unknown) =>
    changed(fields => fields.map(field => (field.name === name ? { ...field, type } : field)))

  test.each([
    ['a field taken away', changed(fields => fields.filter(({ name }) => name !== 'client_id')), /clientId/],
    ['a field of another type', typed('status', 'string'), /int.*string|string.*int/],
    ['a number that may be longer', typed('status', 'long'), /int.*long|long.*int/],
    ['another record', LATER.replace('"RequestEvent"', '"Usage"'), /Usage/],
  ])('%s', (_, text, reason) => {
    const open = () => openRegisteredSchema({ kind: 'AVRO', text, references: [] })
    expect(open).toThrow(ForeignSchemaError)
    expect(open).toThrow(reason)
    expect(open).toThrow("it can't be read as no.forbruk.RequestEvent")
  })

  test('what may be left out and has a default is', () => {
    const text = changed(fields => fields.filter(({ name }) => name !== 'integration_id'))
    const decode = openRegisteredSchema({ kind: 'AVRO', text, references: [] })
    const [payload] = bytesOf('confluent.later.hex').map(value => framed(value).payload)
    // The last of its fields, here an empty text.
    expect(decode(payload?.subarray(0, -1) ?? Buffer.alloc(0))).toEqual([EVENTS[0]])
  })
})
