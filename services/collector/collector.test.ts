import { gzipSync, zstdCompressSync } from 'node:zlib'
import { hashSecret } from '@forbruk/infra/access/secret.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import type { Decoded } from '@forbruk/schemas/wire/decode.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { cloudEvent, collectorAtHand, ownEvent } from '../../test/support/collector/open-collector.ts'

const TOKEN = 'a-token-of-the-kong-gateway'
const holders = [
  { tokenHash: hashSecret(TOKEN), source: 'kong-1', format: openGatewayFormat('kong') },
  { tokenHash: hashSecret('another-token-of-the-edge'), source: 'edge', format: null },
]
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const batch = 'application/cloudevents-batch+json'

const open = await collectorAtHand()
const locked = await collectorAtHand({ holders })

const spelling = await collectorAtHand()
const told = new Set<string>()

const takenShape = z.strictObject({ events: z.int(), rejected: z.int() })
const taken = async (response: Response) => takenShape.parse(await response.json())
const ofClient = (events: readonly Decoded[], client: string) =>
  events.filter(event => event.kind === 'request' && event.clientId === client)
const rejectedOf = (events: readonly Decoded[], detail: string) =>
  events.filter(event => event.kind === 'rejected_line' && event.detail.includes(detail))

describe('what a body may be', () => {
  const lines = (client: string) =>
    [1, 2, 3].map(index => ownEvent(`${client}-${index}`, { client_id: client })).join('\n')
  const list = (client: string) => `[${lines(client).replaceAll('\n', ',\n')}]`

  test.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>]>([
    ['lines', lines('lines'), { 'content-type': 'application/x-ndjson' }],
    ['list', list('list'), { 'content-type': 'application/json' }],
    ['gzip', gzipSync(lines('gzip')), { 'content-encoding': 'gzip' }],
    ['zstd', zstdCompressSync(list('zstd')), { 'content-encoding': 'zstd' }],
  ])('%s', async (client, body, headers) => {
    const response = await open.post('/v1/events', body, headers)
    expect(response.status).toBe(200)
    expect(await taken(response)).toEqual({ events: 3, rejected: 0 })
    expect(ofClient(await open.events(), client)).toEqual(
      [1, 2, 3].map(index => ({
        kind: 'request',
        source: 'http',
        identity: { kind: 'request_id', id: `${client}-${index}` },
        clientId: client,
        integrationId: '',
        timeMs: 1_795_651_200_123,
        status: 200,
        requestBytes: 5,
        responseBytes: 7,
      })),
    )
  })

  test('CloudEvents, one, many, and in binary form', async () => {
    const asOf = (subject: string) => cloudEvent('ce-1', { subject })
    await open.post('/v1/events', JSON.stringify(asOf('ce-one'), null, 2), {
      'content-type': 'application/cloudevents+json; charset=utf-8',
    })
    await open.post('/v1/events', JSON.stringify([asOf('ce-many')]), { 'content-type': batch })
    const { data, ...attributes } = asOf('ce-binære')
    const headers = Object.entries(attributes).map(([name, value]) => [
      `ce-${name}`,
      encodeURIComponent(String(value)),
    ])
    await open.post('/v1/events', JSON.stringify(data), {
      ...Object.fromEntries(headers),
      'content-type': 'application/json',
    })
    const events = await open.events()
    for (const client of ['ce-one', 'ce-many', 'ce-binære']) {
      expect(ofClient(events, client)).toMatchObject([
        { identity: { kind: 'request_id', id: 'gateway-7 ce-1' }, status: 200, responseBytes: 7 },
      ])
    }
  })

  test('a format by its name, whose ids the gateway makes', async () => {
    const line = {
      ...{ started_at: 1_795_651_200_123, consumer: { id: 'kong-client' } },
      request: { id: 'a1b2', size: '5', headers: { apikey: 'not-to-be-kept' } },
      response: { status: 200, size: 7 },
    }
    const response = await open.post(
      '/v1/events?format=kong',
      JSON.stringify([line, { ...line, request: {} }]),
    )
    expect(await taken(response)).toEqual({ events: 1, rejected: 1 })
    expect(response.headers.get('forbruk-rejected')).toBe('1')
    expect(ofClient(await open.events(), 'kong-client')).toMatchObject([
      { identity: { kind: 'request_id', id: 'a1b2' } },
    ])
    expect(JSON.stringify(await open.events()) + open.said()).not.toContain('not-to-be-kept')
  })
})

describe('what makes a request itself', () => {
  const apisix = JSON.stringify({
    ...{ start_time: 1_795_651_200_123, consumer: { username: 'keyed' } },
    ...{ request: { size: 5 }, response: { status: 200, size: 7 } },
  })

  test('a format without ids is refused, unless the body has a key', async () => {
    const refused = await open.post('/v1/events?format=apisix', apisix)
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ type: 'urn:forbruk:problem:identity_missing' })
    const send = (body: string) =>
      open.post('/v1/events?format=apisix', body, { 'idempotency-key': '"batch-1"' })
    expect(await taken(await send(`[${apisix},${apisix}]`))).toEqual({ events: 2, rejected: 0 })
    expect(await taken(await send(`[${apisix},${apisix}]`))).toEqual({ events: 2, rejected: 0 })
    // A shipper with one fixed key.
    expect(await taken(await send(apisix))).toEqual({ events: 1, rejected: 0 })
    const ids = ofClient(await open.events(), 'keyed').map(event =>
      event.kind === 'request' && event.identity.kind === 'request_id' ? event.identity.id : '',
    )
    expect(ids).toHaveLength(5)
    expect(new Set(ids).size).toBe(3)
  })

  test('a request without an id is kept as rejected', async () => {
    const nameless = [ownEvent(null), ownEvent(null, { file: 'access.log', position: 1 })].join('\n')
    const body = `${nameless}\n${ownEvent('with-id')}`
    expect(await taken(await open.post('/v1/events', body))).toEqual({ events: 1, rejected: 2 })
    const events = await open.events()
    expect(rejectedOf(events, 'an order, which HTTP does not keep')).toHaveLength(1)
    expect(rejectedOf(events, 'the request has no id')).toHaveLength(1)
    const { id: _id, ...anonymous } = cloudEvent('x')
    const response = await open.post('/api/v1/events', JSON.stringify([anonymous]), { 'content-type': batch })
    expect([response.status, response.headers.get('forbruk-rejected')]).toEqual([204, '1'])
  })
})

describe('who may send', () => {
  const body = JSON.stringify([cloudEvent('t-1')])

  test.each<[string, Record<string, string>, number]>([
    ['nobody', {}, 401],
    ['another token', bearer(`${TOKEN}x`), 401],
    ['another scheme', { authorization: `Basic ${TOKEN}` }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['a page of another site', { ...bearer(TOKEN), origin: 'https://elsewhere.example' }, 403],
  ])('%s is refused, and nothing is taken', async (_who, headers, status) => {
    const response = await locked.post('/v1/events', body, headers)
    expect(response.status).toBe(status)
    expect(await locked.events()).toEqual([])
    expect((await response.text()) + locked.said()).not.toContain(TOKEN)
  })

  test('a token tells the source and its format', async () => {
    const other = await locked.post('/v1/events?format=tyk', body, bearer(TOKEN))
    expect(other.status).toBe(400)
    const event = ownEvent('t-2', { source: 'somebody-else' })
    await locked.post('/v1/events', event, bearer('another-token-of-the-edge'))
    expect(await locked.events()).toMatchObject([{ kind: 'request', source: 'edge' }])
  })
})

test.each<[string, string, string, Record<string, string>, number]>([
  ['an unknown path', '/v2/events', '', {}, 404],
  ['an unknown parameter', '/v1/events?fromat=kong', '', {}, 400],
  ['an unknown format', '/v1/events?format=nginx', '', {}, 400],
  ['a format that names nobody', '/v1/events?format=combined', '', {}, 400],
  ['another compression', '/v1/events', '', { 'content-encoding': 'br' }, 415],
  ['a broken compression', '/v1/events', 'x', { 'content-encoding': 'gzip' }, 400],
  ['an impossible key', '/v1/events', '', { 'idempotency-key': 'a b' }, 400],
  ['a body above 8 MiB', '/v1/events', ' '.repeat(8 * 1_048_576 + 1), {}, 413],
  ['more than 10 000 events', '/v1/events', '{}\n'.repeat(10_001), {}, 413],
])('%s is refused whole', async (_what, path, body, headers, status) => {
  const before = (await open.events()).length
  const response = await open.post(path, body, headers)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect((await open.events()).length).toBe(before)
})

test.each([
  ['gzip', gzipSync(ownEvent('unsaid')), {}],
  ['zstd', zstdCompressSync(ownEvent('unsaid')), {}],
  ['gzip', gzipSync(gzipSync(ownEvent('unsaid'))), { 'content-encoding': 'gzip' }],
])(
  'a body of %s that nothing says is refused whole, or each line of it would be rejected',
  async (name, body, headers) => {
    const before = (await open.events()).length
    const response = await open.post('/v1/events', body, headers)
    expect([response.status, await response.text()]).toEqual([
      415,
      expect.stringContaining(`the body is ${name}`),
    ])
    expect((await open.events()).length).toBe(before)
  },
)

describe('a name of an event of our own is spelled as lines’ names are', () => {
  test.each([
    [' spelled\u00a0', 'spelled'],
    ['\ufeffspelled', 'spelled'],
    ['spe\u0301lled', 'sp\u00e9lled'],
    ['sp\u200belled', 'client_invalid'],
    ['\u202espelled', 'client_invalid'],
    ['sp\u00a0elled', 'client_invalid'],
    ['é'.repeat(129), 'client_invalid'],
    ['-', 'client_missing'],
    [' ', 'client_missing'],
  ])('%j', async (client, answer) => {
    const { post, events } = spelling
    const id = `name ${(await events()).length}`
    await post('/v1/events', ownEvent(id, { client_id: client }))
    const [found] = (await events()).filter(event => !told.has(JSON.stringify(event)))
    told.add(JSON.stringify(found))
    expect(found?.kind === 'request' ? found.clientId : found?.kind === 'rejected_line' && found.reason).toBe(
      answer,
    )
  })
})

test('what a body holds is in the log, counted or kept with its reason', async () => {
  const line = fc.oneof(
    fc
      .record({ id: fc.uuid(), status: fc.integer({ min: -1, max: 700 }) })
      .map(({ id, status }) => ownEvent(id, { status })),
    fc.string({ unit: 'binary' }).map(text => text.replaceAll('\n', '')),
    fc.json(),
  )
  const { post, events } = await collectorAtHand()
  let takenSoFar = 0
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), async lines => {
      // A first line that no list and no object begins with.
      const answer = await taken(await post('/v1/events', ['x', ...lines].join('\n')))
      takenSoFar += answer.events + answer.rejected
      const said = ['x', ...lines].flatMap(text => {
        const json = parse(text)
        return text.trim() === '' ? [] : Array.isArray(json) && json.length > 0 ? json : [text]
      })
      expect(answer.events + answer.rejected).toBe(said.length)
    }),
  )
  expect((await events()).length).toBe(takenSoFar)
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
