import { readFileSync } from 'node:fs'
import type { SchemaFault, SchemaRegistry } from '@forbruk/infra/schema-registry/schema-registry.ts'
import { openRecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import type { RegisteredSchema } from '@forbruk/schemas/wire/confluent.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'

import encoder from 'avsc'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readEnveloped, readEvents } from './read-value.ts'

const event: RequestEvent = {
  ...{ kind: 'request', source: 'edge', identity: { kind: 'request_id', id: 'r1' }, clientId: 'acme' },
  ...{ integrationId: 'shop', timeMs: 1_792_065_600_500, status: 200, requestBytes: 40, responseBytes: 60 },
}
const request = {
  ...{ kind: 'request', requestId: 'r1', clientId: 'acme', integrationId: 'shop', timeMs: 1_792_065_600_500 },
  ...{ status: 200, requestBytes: 40, responseBytes: 60 },
} as const
const payload = encodeRequest(event).subarray(10)
const v1 = readFileSync(new URL('../../schemas/wire/request-event.v1.avsc', import.meta.url), 'utf8')
const schemaShape = z.looseObject({ fields: z.array(z.looseObject({ name: z.string() })) })
const parsed = schemaShape.parse(JSON.parse(v1))
const schemaOf = (kind: RegisteredSchema['kind'], text = ''): RegisteredSchema => ({
  kind,
  text,
  references: [],
})
const avro = (fields: readonly object[]) => schemaOf('AVRO', JSON.stringify({ ...parsed, fields }))
const MISSING: SchemaFault = { kind: 'fault', detail: 'the schema registry has none' }
/** As another program has it: a line of NGINX, with a moment by its unit. */
const FOREIGN = JSON.stringify({
  ...{ type: 'record', name: 'Line', namespace: 'org.example' },
  fields: [
    { name: 'msec', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'client_id', type: ['null', 'string'], default: null },
    { name: 'status', type: 'int' },
    { name: 'request_length', type: 'long' },
    { name: 'bytes_sent', type: ['null', 'long'] },
  ],
})

const SCHEMAS = new Map<number, RegisteredSchema>([
  [1, schemaOf('AVRO', v1)],
  // A later version with a field that we don't know, and one from before there were integrations.
  [2, avro([...parsed.fields, { name: 'method', type: 'string' }])],
  [3, avro(parsed.fields.filter(({ name }) => name !== 'integration_id'))],
  [4, schemaOf('JSON')],
  [5, schemaOf('PROTOBUF')],
  [6, schemaOf('AVRO', '{"type":"record","name":"Order","fields":[]}')],
  [7, schemaOf('AVRO', FOREIGN)],
  [8, schemaOf('AVRO', '"string"')],
  [10, schemaOf('AVRO', '{"type":"record","name":"Line","fields":7}')],
])
const registry: SchemaRegistry = { schema: async id => SCHEMAS.get(id) ?? MISSING }
const framed = (id: number, payload: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, 0, id]), payload])
const json = {
  client_id: 'acme',
  time: 1_792_065_600_500,
  status: 200,
  request_bytes: 40,
  response_bytes: 60,
}
const METHOD = Buffer.from('\u0006GET')
/** The integration is where its text ends: five bytes after the client's. */
const at = payload.indexOf('acme') + 4
const withoutIntegration = Buffer.concat([payload.subarray(0, at), payload.subarray(at + 5)])

const jsonOf = (client: string) => Buffer.from(JSON.stringify({ ...json, client_id: client }))

describe('events of our own, by their first bytes', () => {
  test.each<[string, Buffer, object]>([
    ['Avro, single object', encodeRequest(event), request],
    ['JSON', Buffer.from(JSON.stringify(json)), { kind: 'request', clientId: 'acme', status: 200 }],
    ['JSON with a name in another spelling', jsonOf(' acme\u00a0'), { kind: 'request', clientId: 'acme' }],
    [
      'JSON with a name that nobody sees',
      jsonOf('ac\u200bme'),
      { kind: 'rejected', reason: 'client_invalid' },
    ],
    ['JSON with a name for nothing', jsonOf('-'), { kind: 'rejected', reason: 'client_missing' }],
    [
      'Avro with a name in another spelling',
      encodeRequest({ ...event, clientId: 'acme ', integrationId: ' shop' }),
      { kind: 'request', clientId: 'acme', integrationId: 'shop' },
    ],
    ['Avro behind an id', framed(1, payload), request],
    ['of a later version', framed(2, Buffer.concat([payload, METHOD])), request],
    ['of an earlier one', framed(3, withoutIntegration), { ...request, integrationId: '' }],
    [
      'JSON behind an id',
      framed(4, Buffer.from(JSON.stringify(json))),
      { kind: 'request', clientId: 'acme' },
    ],
    ['Protobuf behind an id', framed(5, payload), { kind: 'rejected', reason: 'field_missing' }],
    ['Avro of something else', framed(6, payload), { kind: 'rejected', reason: 'field_missing' }],
    ['an id that nobody knows', framed(9, payload), { kind: 'rejected', reason: 'field_missing' }],
    [
      'Avro that is cut off',
      framed(1, payload.subarray(0, 9)),
      { kind: 'rejected', reason: 'line_not_json' },
    ],
    ['text', Buffer.from('GET / 200'), { kind: 'rejected', reason: 'line_not_json' }],
  ])('%s', async (_name, value, expected) => {
    expect(await readEvents(registry)(value)).toMatchObject([expected])
  })

  test('an id without a registry is rejected, and everything else is read', async () => {
    const read = readEvents(null)
    const detail = expect.stringContaining('SCHEMA_REGISTRY_URL is not set')
    expect(await read(framed(1, payload))).toMatchObject([{ kind: 'rejected', detail }])
    expect(await read(encodeRequest(event))).toMatchObject([request])
  })

  test('a schema that is registered later is asked for again; one that is known is not', async () => {
    let asked = 0
    const known = new Map<number, RegisteredSchema>()
    const read = readEvents({
      schema: async id => {
        asked += 1
        return known.get(id) ?? MISSING
      },
    })
    expect(await read(framed(1, payload))).toMatchObject([{ kind: 'rejected' }])
    known.set(1, schemaOf('AVRO', v1))
    expect(await read(framed(1, payload))).toMatchObject([request])
    await read(framed(1, payload))
    expect(asked).toBe(2)
  })
})

describe('lines of a gateway', () => {
  const envelope = openRecordEnvelope('lines')
  if (envelope === null) throw new Error('no envelope')
  const readAs = (format: string) => readEnveloped(envelope, openGatewayFormat(format), null)

  test('a record of too many lines is rejected as a whole', async () => {
    const read = readAs('nginx-json')
    expect(await read(Buffer.from('\n'.repeat(16_384)))).toHaveLength(16_384)
    expect(await read(Buffer.from('\n'.repeat(16_385)))).toMatchObject([
      { kind: 'rejected', reason: 'line_too_long' },
    ])
  })

  test('a record of UTF-16 is rejected as a whole, and not character by character', async () => {
    const [piece, ...more] = await readAs('nginx-json')(Buffer.from('\ufeff{}\n{}\n', 'utf16le'))
    expect([piece, more]).toMatchObject([{ kind: 'rejected', reason: 'line_not_utf8' }, []])
  })

  test('each has an index of its own, a blank one and one that is none too', async () => {
    const pieces = await readAs('nginx-json')(Buffer.from('x\n\n \r\ny'))
    expect(pieces.map(({ kind }) => kind)).toEqual(['rejected', 'blank', 'blank', 'rejected'])
  })

  test('one that is too long is rejected unread', async () => {
    const [piece, ...more] = await readAs('nginx-json')(Buffer.alloc(1_048_577, '{'))
    expect([piece, more]).toMatchObject([{ kind: 'rejected', reason: 'line_too_long' }, []])
  })

  test("a list of requests in a line comes apart, each with the gateway's own id", async () => {
    const sample = readFileSync(new URL('../../test/samples/formats/kong.txt', import.meta.url), 'utf8')
    const list = sample.split('\n').find(line => line.startsWith('[')) ?? ''
    expect(await readAs('kong')(Buffer.from(`\n${list}`))).toMatchObject([
      { kind: 'blank' },
      { kind: 'request', clientId: 'birk', requestId: 'a1' },
      { kind: 'request', clientId: 'birk', requestId: 'a2' },
    ])
  })
})

describe("a gateway's lines in the framing of a schema registry", () => {
  const lines = openRecordEnvelope('lines')
  if (lines === null) throw new Error('no envelope')
  const read = (value: Buffer, by: SchemaRegistry | null = registry) =>
    readEnveloped(lines, openGatewayFormat('nginx-json'), by)(value)
  const line = Buffer.from(
    JSON.stringify({
      msec: 1_792_065_600.5,
      client_id: 'acme',
      status: 200,
      request_length: 40,
      bytes_sent: 60,
    }),
  )
  const hole = (nuls: number) => Buffer.concat([Buffer.alloc(nuls), line])

  test('JSON is read as if it stood alone, again and again', async () => {
    const readOnce = readEnveloped(lines, openGatewayFormat('nginx-json'), registry)
    for (let time = 0; time < 2; time++) expect(await readOnce(framed(4, line))).toEqual(await read(line))
    expect(await read(line)).toMatchObject([{ kind: 'request', clientId: 'acme' }])
  })

  test('Avro of whatever schema is read as the JSON that it stands for', async () => {
    const encoded = encoder.Type.forSchema(JSON.parse(FOREIGN), { wrapUnions: true }).toBuffer({
      ...{ msec: 1_792_065_600_500_000, client_id: { string: 'acme' }, status: 200, request_length: 40 },
      bytes_sent: { long: 60 },
    })
    expect(await read(framed(7, encoded))).toEqual(await read(line))
  })

  test('and lines that are all of a value, as plain text', async () => {
    const text = Buffer.concat([line, Buffer.from('\n'), line])
    const encoded = encoder.Type.forSchema('string').toBuffer(text.toString())
    expect(await read(framed(8, encoded))).toEqual([...(await read(line)), ...(await read(line))])
  })

  test.each<[string, number, SchemaRegistry | null, string]>([
    ['Avro that is not as its schema has it', 6, registry, 'schema id 6: it is not as that schema has it'],
    ['Avro of no schema', 10, registry, "schema id 10: the schema registry's schema can't be used"],
    ['Protobuf', 5, registry, 'schema id 5: it is Protobuf'],
    ['of an id that is not there', 9, registry, 'schema id 9: the schema registry has none'],
    ['where there is no registry', 4, null, 'schema id 4: SCHEMA_REGISTRY_URL is not set'],
  ])('%s is rejected, and why', async (_what, id, by, detail) => {
    expect(await read(framed(id, line), by)).toMatchObject([
      { kind: 'rejected', reason: 'line_not_json', detail: expect.stringContaining(detail) },
    ])
  })

  test("a file's hole before a line is no framing", async () => {
    for (const nuls of [1, 5, 4_096])
      expect([nuls, await read(hole(nuls), null)]).toEqual([nuls, await read(line)])
    // What could be either is not guessed.
    for (const nuls of [2, 3, 4]) expect(await read(hole(nuls))).toMatchObject([{ kind: 'rejected' }])
  })
})
