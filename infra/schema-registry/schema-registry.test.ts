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

/** Answers as Confluent's API documents it, below a path as Apicurio has one. */
async function serve(answers: Readonly<Record<number, readonly [status: number, body: object]>>) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim())
    const [status, body] = answers[Number(request.url?.split('/').at(-1))] ?? [404, { error_code: 40_403 }]
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
    response.end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port }: AddressInfo = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/apis/ccompat/v7`, asked }
}

test('a schema of ours, one that is unknown, and each asked for once', async () => {
  const { url, asked } = await serve({ 7: [200, { schema: v1 }] })
  const registry = openSchemaRegistry({ url, login: { username: 'forbruk', password: 'a b' } })
  const schema = await registry.schema(7)
  if (schema === null) throw new Error('no schema')
  expect(openRegisteredSchema(schema)(encodeRequest(event).subarray(10))).toEqual([event])
  await registry.schema(7)
  expect(asked).toEqual([`/apis/ccompat/v7/schemas/ids/7 Basic ${btoa('forbruk:a b')}`])
  expect(await registry.schema(8)).toBeNull()
})

test.each([
  [503, LogUnavailableError],
  [401, EventLogError],
])('an answer of %i is an error that says whether to try again', async (status, kind) => {
  const { url } = await serve({ 7: [status, { message: 'not now' }] })
  const failed = openSchemaRegistry({ url, login: null }).schema(7)
  await expect(failed).rejects.toBeInstanceOf(kind)
  await expect(failed).rejects.toHaveProperty('name', kind.name)
})
