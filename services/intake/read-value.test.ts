import { readFileSync } from 'node:fs'
import type { SchemaRegistry } from '@forbruk/infra/schema-registry/schema-registry.ts'
import { openRecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import type { RegisteredSchema } from '@forbruk/schemas/wire/confluent.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readEnveloped, readEvents } from './read-value.ts'

const event: RequestEvent = {
  ...{ kind: 'request', source: 'edge', identity: { kind: 'request_id', id: 'r1' }, clientId: 'acme' },
  ...{ integrationId: 'shop', timeMs: 1_792_065_600_500, status: 200, requestBytes: 40, responseBytes: 60 },
}
const payload = encodeRequest(event).subarray(10)
const v1 = readFileSync(new URL('../../schemas/wire/request-event.v1.avsc', import.meta.url), 'utf8')
const schemaShape = z.looseObject({ fields: z.array(z.looseObject({ name: z.string() })) })
const parsed = schemaShape.parse(JSON.parse(v1))
const avro = (fields: readonly object[]): RegisteredSchema => ({
  kind: 'AVRO',
  text: JSON.stringify({ ...parsed, fields }),
})

const SCHEMAS = new Map<number, RegisteredSchema>([
  [1, { kind: 'AVRO', text: v1 }],
  // A later version with a field that we don't know, and one from before there were integrations.
  [2, avro([...parsed.fields, { name: 'method', type: 'string' }])],
  [3, avro(parsed.fields.filter(({ name }) => name !== 'integration_id'))],
  [4, { kind: 'JSON', text: '' }],
  [5, { kind: 'PROTOBUF', text: '' }],
  [6, { kind: 'AVRO', text: '{"type":"record","name":"Order","fields":[]}' }],
])
const registry: SchemaRegistry = { schema: async id => SCHEMAS.get(id) ?? null }
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

describe('events of our own, by their first bytes', () => {
  test.each<[string, Buffer, object]>([
    ['Avro, single object', encodeRequest(event), { kind: 'event', event }],
    ['JSON', Buffer.from(JSON.stringify(json)), { kind: 'event', event: { clientId: 'acme', status: 200 } }],
    ['Avro behind an id', framed(1, payload), { kind: 'event', event }],
    ['of a later version', framed(2, Buffer.concat([payload, METHOD])), { kind: 'event', event }],
    [
      'of an earlier one',
      framed(3, withoutIntegration),
      { kind: 'event', event: { ...event, integrationId: '' } },
    ],
    [
      'JSON behind an id',
      framed(4, Buffer.from(JSON.stringify(json))),
      { kind: 'event', event: { clientId: 'acme' } },
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
    expect(await read(encodeRequest(event))).toMatchObject([{ kind: 'event', event }])
  })

  test('a schema that is registered later is asked for again; one that is known is not', async () => {
    let asked = 0
    const known = new Map<number, RegisteredSchema>()
    const read = readEvents({
      schema: async id => {
        asked += 1
        return known.get(id) ?? null
      },
    })
    expect(await read(framed(1, payload))).toMatchObject([{ kind: 'rejected' }])
    known.set(1, { kind: 'AVRO', text: v1 })
    expect(await read(framed(1, payload))).toMatchObject([{ kind: 'event', event }])
    await read(framed(1, payload))
    expect(asked).toBe(2)
  })
})

test('a record of too many lines is rejected as a whole', async () => {
  const envelope = openRecordEnvelope('lines')
  if (envelope === null) throw new Error('no envelope')
  const read = readEnveloped(envelope)
  expect(await read(Buffer.from('x\n'.repeat(16_384)))).toHaveLength(16_384)
  expect(await read(Buffer.from('x\n'.repeat(16_385)))).toMatchObject([
    { kind: 'rejected', reason: 'line_too_long' },
  ])
})
