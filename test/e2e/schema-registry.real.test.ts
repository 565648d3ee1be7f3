import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSchemaRegistry } from '@forbruk/infra/schema-registry/schema-registry.ts'
import { openRecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { readEnveloped, readEvents } from '../../services/intake/read-value.ts'
import { makeForeignTopic, writeForeign } from '../support/kafka/foreign-topic.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { findJavaAndMaven } from '../support/maven/find-java-and-maven.ts'
import { forbruk } from '../support/process/run-forbruk.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'
import { type Apicurio, startApicurio } from '../support/registry/start-apicurio.ts'

const brokers = inject('kafkaBrokers') ?? []
const obstacle = tellNotRun('A schema registry', await findJavaAndMaven())
const START_TIMEOUT_MS = 900_000

const v1 = readFileSync(new URL('../../schemas/wire/request-event.v1.avsc', import.meta.url), 'utf8')
const schemaShape = z.looseObject({ fields: z.array(z.looseObject({ name: z.string() })) })
const parsed = schemaShape.parse(JSON.parse(v1))
const withFields = (fields: readonly object[]) => JSON.stringify({ ...parsed, fields })
const LATER = withFields([...parsed.fields, { name: 'method', type: 'string', default: '' }])
const EARLIER = withFields(parsed.fields.filter(({ name }) => name !== 'integration_id'))
const ORDER = JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] })

const METHOD = { type: 'enum', name: 'Method', namespace: 'org.example', symbols: ['GET', 'POST'] }
const edgeSchema = (logicalType: string, ...others: readonly object[]) => ({
  ...{ type: 'record', name: 'Line', namespace: 'org.example' },
  fields: [
    { name: 'at', type: { type: 'long', logicalType } },
    { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
    { name: 'client', type: ['null', 'string'], default: null },
    { name: 'status', type: 'int' },
    { name: 'request', type: 'long' },
    { name: 'response', type: ['null', 'long'], default: null },
    ...others,
  ],
})
const EDGE_SCHEMA = edgeSchema('timestamp-micros', { name: 'method', type: 'org.example.Method' })
const EDGE_SCHEMA_MILLIS = edgeSchema('timestamp-millis')
const EDGE_FORMAT = {
  ...{ format: 'edge-avro', gateway: 'Edge', sends: 'A record for each request.', evidence: 'documentation' },
  ...{ version: '1', source: 'its owner', traps: [], text: { syntax: 'json', writtenBy: 'program' } },
  ...{ client: 'client', integration: null, missing: [], timeBasis: 'end', bytesBasis: 'body' },
  fields: { client: { setBy: 'gateway', is: 'who called' } },
  otherFields: { setBy: 'caller', is: 'what a request holds' },
  time: [{ field: 'at', as: 'unix_us' }],
  status: { field: 'status' },
  requestBytes: { field: 'request' },
  responseBytes: { field: 'response', zeroIfMissing: true },
  requestIds: [{ field: 'id', at: 'id', setBy: 'gateway' }],
}

/** By its first field Apicurio knows what it is. */
const LINE_SCHEMA = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' }

const eventOf = (id: string): RequestEvent => ({
  ...{ kind: 'request', source: 'edge', identity: { kind: 'request_id', id }, clientId: 'acme' },
  ...{ integrationId: '', timeMs: Date.now() - 600_000, status: 200, requestBytes: 40, responseBytes: 60 },
})
/** As a program that knows its registry's schema has it, to be written by another's serializer. */
const writtenBy = (id: string) => ({
  ...{ source: 'edge', identity: { 'no.forbruk.RequestId': { id } }, client_id: 'acme', integration_id: '' },
  ...{ time: Date.now() - 600_000, status: 200, request_bytes: 40, response_bytes: 60, method: 'GET' },
})
const framed = (id: number, payload: Buffer) => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  return Buffer.concat([head, payload])
}

describe.skipIf(obstacle !== null)('a real registry', () => {
  let apicurio: Apicurio
  let client: SchemaRegistry
  beforeAll(async () => {
    apicurio = await startApicurio()
    client = new SchemaRegistry({ host: apicurio.url })
  }, START_TIMEOUT_MS)
  afterAll(() => apicurio?.stop())

  const register = async (subject: string, schema: string): Promise<number> =>
    (await client.register({ type: SchemaType.AVRO, schema }, { subject })).id

  test('ours, one later, one earlier and one of something else, each by its id alone', async () => {
    const ids = [
      await register('now', v1),
      await register('later', LATER),
      await register('earlier', EARLIER),
    ]
    const order = await register('order', ORDER)
    expect(new Set([...ids, order]).size).toBe(4)
    const read = readEvents(openSchemaRegistry({ url: apicurio.url, login: null }))
    for (const id of ids) {
      const [piece] = await read(await client.encode(id, writtenBy(`r${id}`)))
      expect(piece).toMatchObject({ kind: 'request', clientId: 'acme', requestId: `r${id}`, status: 200 })
    }
    const rejected = await read(await client.encode(order, { id: '7' }))
    expect(rejected).toMatchObject([
      { kind: 'rejected', detail: expect.stringContaining("can't be read as no.forbruk.RequestEvent") },
    ])
    expect(await read(framed(9_999, Buffer.from('x')))).toMatchObject([
      { kind: 'rejected', detail: 'schema id 9999: the schema registry has none' },
    ])
  })

  test("a gateway's lines behind the id of a JSON schema", async () => {
    const envelope = openRecordEnvelope('lines')
    if (envelope === null) throw new Error('no envelope')
    const { id } = await client.register(
      { type: SchemaType.JSON, schema: JSON.stringify(LINE_SCHEMA) },
      { subject: 'lines' },
    )
    const read = readEnveloped(
      envelope,
      openGatewayFormat('nginx-json'),
      openSchemaRegistry({ url: apicurio.url, login: null }),
    )
    const line = { msec: 1_792_065_600.5, client_id: 'acme', status: 200, request_length: 40, bytes_sent: 60 }
    expect(await read(await client.encode(id, line))).toMatchObject([{ kind: 'request', clientId: 'acme' }])
  })

  test.skipIf(brokers.length === 0)(
    "Avro of another party's schemas, one of which refers to another, by a format of one's own",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'forbruk-foreign-avro-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      const format = join(folder, 'edge-avro.json')
      writeFileSync(format, JSON.stringify(EDGE_FORMAT))
      const method = await client.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(METHOD) },
        { subject: 'method' },
      )
      expect(method.id).toBeGreaterThan(0)
      const references = [{ name: 'org.example.Method', subject: 'method', version: 1 }]
      const line = { type: SchemaType.AVRO, schema: JSON.stringify(EDGE_SCHEMA), references } as const
      const { id } = await client.register(line, { subject: 'edge' })
      const older = await register('edge-older', JSON.stringify(EDGE_SCHEMA_MILLIS))
      const nowMs = Date.now() - 600_000
      const said = { client: 'acme', status: 200, request: 40, response: 60 }
      const values = [
        await client.encode(id, { ...said, at: nowMs * 1_000, id: 'r1', method: 'GET' }),
        await client.encode(id, { ...said, at: nowMs * 1_000, id: 'r2', method: 'POST', response: null }),
        await client.encode(older, { ...said, at: nowMs, id: 'r3' }),
        await client.encode(id, { ...said, at: nowMs * 1_000, id: 'r4', method: 'GET', client: null }),
      ]
      const again = values.slice(0, 1)
      const topic = uniqueTopic('foreign-avro')
      await makeForeignTopic(brokers, topic, 2)
      await writeForeign(brokers, topic, [...values, ...again], 2)
      const settings = {
        ...{ KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: uniqueTopic('foreign-avro-log') },
        ...{ FORBRUK_DATA_DIR: folder, SCHEMA_REGISTRY_URL: apicurio.url },
      }
      const intake = ['intake', '--topic', topic, '--format', format, '--until-caught-up', '--json']
      expect(JSON.parse(await forbruk(intake, settings))).toMatchObject({ events: 4, rejected: 1 })
      await forbruk(['aggregate', '--until-caught-up'], settings)
      const sums =
        'SELECT client_id, sum(requests), sum(request_bytes), sum(response_bytes) FROM usage_monthly'
      const usage = await forbruk(['sql', `${sums} GROUP BY client_id`, '--format', 'TSV'], settings)
      expect(usage.trim()).toBe('acme\t3\t120\t120')
      expect(await forbruk(['rejected', 'list'], settings)).toContain('client_missing')
    },
    600_000,
  )

  test.skipIf(brokers.length === 0)(
    'Avro behind ids, Avro of its own and JSON in one topic; what a shipper sends twice counts once',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'forbruk-registry-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      const settings = {
        ...{ KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: uniqueTopic('registry-log') },
        ...{ FORBRUK_DATA_DIR: folder, SCHEMA_REGISTRY_URL: apicurio.url },
      }
      const id = await register('now', v1)
      const json = { client_id: 'acme', time: Date.now() - 600_000, status: 200 }
      const bytes = { request_bytes: 40, response_bytes: 60 }
      const values = [
        framed(id, encodeRequest(eventOf('a')).subarray(10)),
        await client.encode(await register('later', LATER), writtenBy('b')),
        encodeRequest(eventOf('c')),
        JSON.stringify({ ...json, ...bytes, request_id: 'd' }),
        // Known by its place.
        JSON.stringify({ ...json, ...bytes }),
        JSON.stringify({ ...json, ...bytes }),
        framed(9_999, Buffer.from('x')),
      ]
      // The shipper's retry, in another form.
      const again = [encodeRequest(eventOf('a')), JSON.stringify({ ...json, ...bytes, request_id: 'b' })]
      const topic = uniqueTopic('foreign-registry')
      await makeForeignTopic(brokers, topic, 2)
      await writeForeign(brokers, topic, values, 2)
      const intake = ['intake', '--topic', topic, '--format', 'events', '--until-caught-up', '--json']
      expect(JSON.parse(await forbruk(intake, settings))).toMatchObject({ events: 6, rejected: 1 })
      await writeForeign(brokers, topic, again, 2)
      expect(JSON.parse(await forbruk(intake, settings))).toMatchObject({ events: 2, rejected: 0 })
      await forbruk(['aggregate', '--until-caught-up'], settings)
      const usage = await forbruk(
        ['sql', 'SELECT sum(requests) FROM usage_monthly', '--format', 'TSV'],
        settings,
      )
      expect(usage.trim()).toBe('6')
      expect(await forbruk(['rejected', 'list'], settings)).toContain('schema id 9999')
    },
    600_000,
  )
})
