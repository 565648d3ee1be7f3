import { hashSecret } from '@forbruk/infra/access/secret.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { collectorAtHand } from '../../test/support/collector/open-collector.ts'

const TOKEN = 'a-token-of-a-gateway-that-sends'
const open = await collectorAtHand()
const locked = await collectorAtHand({
  holders: [{ tokenHash: hashSecret(TOKEN), source: 'edge', format: null }],
})

const mediaShape = z.object({
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
})
const operationShape = z.object({
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(z.object({ name: z.string(), schema: z.looseObject({}) })).optional(),
  requestBody: z.object({ content: z.record(z.string(), mediaShape) }).optional(),
  responses: z.record(z.string(), z.looseObject({})),
})
const documentShape = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
})

async function describe(url: string) {
  const answer = await fetch(`${url}/openapi.json`)
  expect(answer.status).toBe(200)
  return documentShape.parse(await answer.json())
}

test('it describes each of its paths, and whether they need a token', async () => {
  const { paths } = await describe(open.url)
  expect(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
    ['/v1/events', ['post']],
    ['/api/v1/events', ['post']],
    ['/api/v3/openmeter/events', ['post']],
    ['/v1/health', ['get']],
    ['/metrics', ['get']],
    ['/openapi.json', ['get']],
  ])
  expect(paths['/v1/events']?.post?.security).toBeUndefined()
  expect((await describe(locked.url)).paths['/v1/events']?.post?.security).toEqual([{ token: [] }])
})

test('each body that it shows is taken as it says, at each path', async () => {
  const { paths } = await describe(open.url)
  let bodies = 0
  for (const [path, { post }] of Object.entries(paths)) {
    const success = Object.keys(post?.responses ?? {}).find(status => status.startsWith('2'))
    for (const [type, { example, examples }] of Object.entries(post?.requestBody?.content ?? {})) {
      const shown = examples === undefined ? [example] : Object.values(examples).map(each => each.value)
      for (const body of shown) {
        bodies += 1
        const sent = typeof body === 'string' ? body : JSON.stringify(body)
        const answer = await open.post(path, sent, { 'content-type': type })
        expect([path, type, String(answer.status)]).toEqual([path, type, success])
        expect(answer.headers.get('forbruk-rejected'), `${path} ${type} ${sent}`).toBeNull()
      }
    }
  }
  expect(bodies).toBe(12)
})

test('each format that it names can be asked for, and no other', async () => {
  const { paths } = await describe(open.url)
  const parameters = paths['/v1/events']?.post?.parameters ?? []
  const pattern = new RegExp(String(parameters.find(({ name }) => name === 'format')?.schema.pattern))
  for (const name of ['kong', 'syslog+kong', 'openmeter', 'apisix']) {
    expect([name, pattern.test(name)]).toEqual([name, true])
    expect(() => openGatewayFormat(name)).not.toThrow()
  }
  for (const name of ['', 'aws-alb', 'kong+', 'other+kong', 'syslog+events'])
    expect(pattern.test(name)).toBe(false)
})

test('a refusal of each status is one that is described', async () => {
  const described = Object.keys((await describe(locked.url)).paths['/v1/events']?.post?.responses ?? {})
  const bearer = { authorization: `Bearer ${TOKEN}` }
  const refused = [
    await locked.post('/v1/events', '{}'),
    await locked.post('/v1/events?format=nothing', '{}', bearer),
    await locked.post('/v1/events?format=apisix', '{}', bearer),
    await locked.post('/v1/events', '{}', { ...bearer, origin: 'https://elsewhere.example' }),
    await locked.post('/v1/events', '{}', { ...bearer, 'content-encoding': 'br' }),
    await locked.post('/v1/events', '\n'.repeat(10_001), bearer),
  ]
  expect(refused.map(({ status }) => status)).toEqual([401, 400, 422, 403, 415, 413])
  for (const { status, headers } of refused) {
    expect(described).toContain(String(status))
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  }
})

test('a method that a path has not is refused, with those that it has', async () => {
  for (const [path, method, allow] of [
    ['/v1/events', 'GET', 'POST'],
    ['/v1/health', 'POST', 'GET, HEAD'],
    ['/openapi.json', 'DELETE', 'GET, HEAD'],
  ] as const) {
    const answer = await fetch(`${open.url}${path}`, { method })
    expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow])
  }
  expect((await fetch(`${open.url}/v1/health`, { method: 'HEAD' })).status).toBe(200)
})
