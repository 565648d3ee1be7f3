import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { openRegisteredSchema } from '@forbruk/schemas/wire/confluent.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { expect, onTestFinished, test } from 'vitest'
import { EventLogError, LogUnavailableError } from '../log/event-log.ts'
import { openSchemaRegistry } from './schema-registry.ts'

const v1 = readFileSync(new URL('../../schemas/wire/request-event.v1.avsc', import.meta.url), 'utf8')
const event: RequestEvent = {
  ...{ kind: 'request', source: 'edge', identity: { kind: 'request_id', id: 'r1' }, clientId: 'acme' },
  ...{ integrationId: 'shop', timeMs: 1_792_065_600_500, status: 200, requestBytes: 40, responseBytes: 60 },
}
const BASE = '/apis/ccompat/v7'

type Answer = readonly [status: number, body: object | string, headers?: Readonly<Record<string, string>>]

/** Answers as Confluent's API documents it, below a path as Apicurio has one. */
async function serve(answers: Record<string, Answer>) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(BASE.length)
    asked.push(`${path} ${request.headers.authorization ?? ''}`.trim())
    const [status, body, headers = {}] = answers[path] ?? [404, { error_code: 40_403 }]
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port }: AddressInfo = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}${BASE}`, asked, answers }
}

test('a schema of ours, and each asked for once', async () => {
  const { url, asked } = await serve({ '/schemas/ids/7': [200, { schema: v1 }] })
  const registry = openSchemaRegistry({ url: `${url}/`, login: { username: 'forbruk', password: 'å b' } })
  const schema = await registry.schema(7)
  if (schema.kind === 'fault') throw new Error(schema.detail)
  expect(openRegisteredSchema(schema)(encodeRequest(event).subarray(10))).toEqual([event])
  await registry.schema(7)
  expect(asked).toEqual([`/schemas/ids/7 Basic ${Buffer.from('forbruk:å b').toString('base64')}`])
})

test('one that is unknown is asked for again after a while, and not before', async () => {
  const { url, asked, answers } = await serve({})
  let nowMs = 0
  const registry = openSchemaRegistry({ url, login: null }, () => nowMs)
  const missing = { kind: 'fault', detail: 'the schema registry has none' }
  expect([await registry.schema(8), await registry.schema(8), asked.length]).toEqual([missing, missing, 1])
  answers['/schemas/ids/8'] = [200, { schema: '"string"' }]
  nowMs = 10_000
  expect(await registry.schema(8)).toEqual({ kind: 'AVRO', text: '"string"', references: [] })
})

test('what a registry says of the same id later changes nothing', async () => {
  const { url, answers } = await serve({ '/schemas/ids/8': [200, { schema: '"string"' }] })
  const registry = openSchemaRegistry({ url, login: null })
  await registry.schema(8)
  answers['/schemas/ids/8'] = [200, { schema: '"bytes"' }]
  expect(await registry.schema(8)).toMatchObject({ text: '"string"' })
})

test('those that it refers to come before it, each once', async () => {
  const { url, asked } = await serve({
    '/schemas/ids/1': [
      200,
      {
        schema: '"c"',
        references: [
          { name: 'b', subject: 'b/x', version: 2 },
          { name: 'a', subject: 'a', version: 1 },
        ],
      },
    ],
    '/subjects/b%2Fx/versions/2': [
      200,
      { schema: '"b"', references: [{ name: 'a', subject: 'a', version: 1 }] },
    ],
    '/subjects/a/versions/1': [200, { schema: '"a"' }],
  })
  const schema = await openSchemaRegistry({ url, login: null }).schema(1)
  expect(schema).toEqual({ kind: 'AVRO', text: '"c"', references: ['"a"', '"b"'] })
  expect(asked).toHaveLength(3)
})

const TO_ITSELF = { schema: '"a"', references: [{ subject: 'a', version: 1 }] }
const LONG = '"a"'.padEnd(300_000)

test.each<[string, Record<string, Answer>, string]>([
  ['is too long', { '/schemas/ids/1': [200, { schema: LONG }] }, 'it is longer than 262144 characters'],
  ['never ends', { '/schemas/ids/1': [200, 'x'.repeat(3_000_000)] }, 'it is longer than 262144 characters'],
  [
    'is of a kind that nobody knows',
    { '/schemas/ids/1': [200, { schema: '', schemaType: 'X' }] },
    'something else',
  ],
  [
    'refers to itself',
    { '/schemas/ids/1': [200, TO_ITSELF], '/subjects/a/versions/1': [200, TO_ITSELF] },
    'it refers to itself',
  ],
  ['refers to one that is not there', { '/schemas/ids/1': [200, TO_ITSELF] }, 'lacks one that it refers to'],
])('a schema that %s is not used', async (_what, answers, detail) => {
  const { url } = await serve(answers)
  const schema = await openSchemaRegistry({ url, login: null }).schema(1)
  expect(schema).toEqual({ kind: 'fault', detail: expect.stringContaining(detail) })
})

test('one that refers to more and more others comes to an end', async () => {
  const answers: Record<string, Answer> = {}
  const referTo = (version: number): Answer => [
    200,
    { schema: '"a"', references: [{ subject: 'a', version }] },
  ]
  answers['/schemas/ids/1'] = referTo(0)
  for (let version = 0; version < 300; version++)
    answers[`/subjects/a/versions/${version}`] = referTo(version + 1)
  const { url, asked } = await serve(answers)
  expect(await openSchemaRegistry({ url, login: null }).schema(1)).toMatchObject({ kind: 'fault' })
  expect(asked).toHaveLength(101)
})

test('of more schemas than a topic has, none is asked for any more', async () => {
  const answers: Record<string, Answer> = {}
  for (let id = 1; id <= 1_001; id++) answers[`/schemas/ids/${id}`] = [200, { schema: '"string"' }]
  const { url, asked } = await serve(answers)
  const registry = openSchemaRegistry({ url, login: null })
  for (let id = 1; id <= 1_001; id++) await registry.schema(id)
  expect(await registry.schema(1_001)).toMatchObject({ kind: 'fault' })
  expect(await registry.schema(1)).toMatchObject({ kind: 'AVRO' })
  expect(asked).toHaveLength(1_000)
})

test.each<[string, Answer, typeof EventLogError]>([
  ['503', [503, { message: 'not now' }], LogUnavailableError],
  ['429', [429, {}], LogUnavailableError],
  ['401', [401, { message: 'no' }], EventLogError],
  [
    'a redirect, which would take the password along',
    [302, '', { location: 'http://127.0.0.1:9/' }],
    EventLogError,
  ],
  ['a page', [200, '<html>'], EventLogError],
  ['JSON of something else', [200, { id: 7 }], EventLogError],
])('an answer of %s is an error that says whether to try again', async (_what, answer, kind) => {
  const { url } = await serve({ '/schemas/ids/7': answer })
  const failed = openSchemaRegistry({ url, login: null }).schema(7)
  await expect(failed).rejects.toBeInstanceOf(kind)
  await expect(failed).rejects.toHaveProperty('name', kind.name)
})

test('where nobody listens, asking again may help', async () => {
  const failed = openSchemaRegistry({ url: 'http://127.0.0.1:9', login: null }).schema(7)
  await expect(failed).rejects.toBeInstanceOf(LogUnavailableError)
})
