import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, countAll, rows } = useInstallation()
const { open, get, post, url, logged } = useConsole(place)
const TOKEN = 'a-token-of-some-length'

describe('bad input', () => {
  const BAD_WRITES: readonly [string, string, string, Record<string, string>, number][] = [
    ['no month', '/v1/months/october/close', '{}', {}, 400],
    ['malformed JSON', CLOSE, '{"dryRun":', {}, 400],
    ['a list', CLOSE, '[]', {}, 400],
    ['another type of value', CLOSE, '{"dryRun":"yes"}', {}, 400],
    ['an unknown key', CLOSE, '{"dry_run":true}', {}, 400],
    ['force without a reason', CLOSE, '{"force":{"reason":"  "}}', {}, 400],
    ['a key that reaches into prototypes', CLOSE, '{"__proto__":{"dryRun":true}}', {}, 400],
    ['a body that is too large', CLOSE, `{"force":{"reason":"${'x'.repeat(70_000)}"}}`, {}, 413],
    ['a form', CLOSE, 'dryRun=true', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', CLOSE, '{}', { 'content-type': 'text/plain' }, 415],
  ]
  test('is refused, and closes nothing', async () => {
    await countAll()
    await open()
    for (const [_what, path, body, headers, status] of BAD_WRITES) {
      await expectProblem(await post(path, body, headers), status, 'request_malformed')
    }
    expect(await rows('SELECT * FROM month_close')).toEqual([])
  })

  const send = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(new URL(url()).port), '127.0.0.1', () => socket.write(bytes))
      socket
        .setEncoding('utf8')
        .on('data', chunk => {
          text += chunk
        })
        .on('close', () => resolve(text))
        .once('error', reject)
    })

  test.each([
    ['what is no HTTP', 'NONSENSE\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['no Host', 'GET /v1/months HTTP/1.0\r\n\r\n', 403],
    [
      'a path that can’t be decoded',
      'GET /v1/cases/%ff HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      400,
    ],
  ])('%s is answered with a problem, and the console goes on', async (_what, bytes, status) => {
    await open()
    const [head = '', body = ''] = (await send(bytes)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toMatch(/content-type: application\/problem\+json/i)
    expect(JSON.parse(body)).toMatchObject({ status, detail: expect.stringMatching(/\w/) })
    expect((await get('/v1/health')).status).toBe(200)
  })

  test('a method that a path has not is refused, with those that it has', async () => {
    await open()
    const refused = await fetch(`${url()}/v1/cases/acme%2F2026-10?x=1`, { method: 'DELETE' })
    expect(refused.headers.get('allow')).toBe('GET, HEAD')
    expect(await expectProblem(refused, 405, 'method_unknown')).toMatchObject({
      detail: expect.stringMatching(/GET/),
    })
    await expectProblem(await fetch(`${url()}/v1/nothing`, { method: 'DELETE' }), 404, 'not_found')
  })

  test('an id that is too long is refused', async () => {
    await open()
    await expectProblem(await get(`/v1/cases/${'x'.repeat(5_000)}`), 414, 'request_malformed')
  })

  test('a connection that says nothing loses its place', { timeout: 30_000 }, async () => {
    await open()
    const begun = performance.now()
    expect(await send('')).toContain('408 Request Timeout')
    expect(performance.now() - begun).toBeLessThan(20_000)
  })
})

test('a partition that nobody counts on makes it unready, and no less alive', async () => {
  const standing = {
    partition: 1,
    nextOffset: 20,
    endOffset: 50,
    openFrom: null,
    beyond: null,
    standingMs: 9_000,
  }
  await open()
  expect(await (await get('/v1/ready')).json()).toEqual({ status: 'ok', standstills: [], halts: [] })
  await open({ findStandstills: () => [standing] })
  const answer = await get('/v1/ready')
  expect([answer.status, await answer.json()]).toEqual([
    503,
    {
      status: 'standing',
      standstills: [
        {
          ...{ partition: 1, nextOffset: 20, endOffset: 50 },
          detail: 'partition 1 has stood at offset 20 for 9 s, with 30 offsets to be counted',
        },
      ],
      halts: [],
    },
  ])
  expect((await get('/v1/health')).status).toBe(200)
})

describe('who is let in', () => {
  /** `fetch` sets Host itself. */
  const statusBy = (headers: Record<string, string>, method = 'GET', path = '/v1/months') =>
    new Promise<number>((resolve, reject) => {
      httpRequest(`${url()}${path}`, { method, headers }, answer => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
        .once('error', reject)
        .end()
    })

  test('a page elsewhere is not, by name or by origin', async () => {
    await countAll()
    await open()
    expect(await statusBy({ host: 'rebound.example' })).toBe(403)
    const json = { 'content-type': 'application/json' }
    expect(await statusBy({ ...json, origin: 'https://elsewhere.example' }, 'POST', CLOSE)).toBe(403)
    expect(await statusBy({ ...json, 'sec-fetch-site': 'cross-site' }, 'POST', CLOSE)).toBe(403)
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    expect(await statusBy({ ...json, origin: url() }, 'POST', CLOSE)).toBe(200)
  })

  test('with a token set, writes need it, and it is never logged', async () => {
    await countAll()
    await open({ settings: { token: TOKEN } })
    expect((await get('/v1/months')).status).toBe(200)
    const refused = await post(CLOSE)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    await expectProblem(refused, 401, 'token_missing')
    await expectProblem(await post(CLOSE, {}, { authorization: `Bearer ${TOKEN}x` }), 401, 'token_missing')
    expect((await post(CLOSE, {}, { authorization: `Bearer ${TOKEN}` })).status).toBe(200)
    expect(logged()).toContain('"route":"/v1/months/:month/close"')
    expect(logged()).not.toContain(TOKEN)
  })

  test('no address that others reach is listened on without a token', async () => {
    await expect(open({ settings: { listen: { host: '0.0.0.0', port: 0 } } })).rejects.toThrow(
      /FORBRUK_API_TOKEN/,
    )
  })

  test('a port that is taken is named, with what to do', async () => {
    await open()
    const listen = { host: '127.0.0.1', port: Number(new URL(url()).port) }
    await expect(open({ settings: { listen } })).rejects.toThrow(/is in use.*FORBRUK_LISTEN/)
  })
})

test('the API describes its problems, and what it answers', async () => {
  await open()
  const answerShape = z.object({ content: z.record(z.string(), z.unknown()) })
  const operation = z.looseObject({ responses: z.record(z.string(), answerShape) })
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), operation)) })
    .parse(await (await get('/openapi.json')).json())
  // A probe that says no is an answer, and no problem.
  const { '/v1/ready': ready, ...others } = paths
  expect(Object.keys(ready?.get?.responses['503']?.content ?? {})).toEqual(['application/json'])
  for (const { responses } of Object.values(others).flatMap(methods => Object.values(methods))) {
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', 'default']))
    for (const [status, { content }] of Object.entries(responses)) {
      if (status !== '200') expect(Object.keys(content)).toEqual(['application/problem+json'])
    }
  }
  const exported = paths['/v1/months/{month}/export']?.get?.responses['200']?.content ?? {}
  expect(Object.keys(exported).toSorted()).toEqual([
    'application/json',
    'application/vnd.apache.parquet',
    'text/csv',
  ])
})

test('the API describes itself', async () => {
  await open()
  const document = z
    .object({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
    .parse(await (await get('/openapi.json')).json())
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths).toSorted()).toEqual([
    '/metrics',
    '/v1/access/session',
    '/v1/access/session/end',
    '/v1/access/tokens',
    '/v1/access/tokens/{name}/revoke',
    '/v1/alerts',
    '/v1/audit-log',
    '/v1/cases',
    '/v1/cases/{id}',
    '/v1/cases/{id}/steps',
    '/v1/clients',
    '/v1/clients/{id}',
    '/v1/clients/{id}/replay',
    '/v1/health',
    '/v1/months',
    '/v1/months/{month}/announce',
    '/v1/months/{month}/close',
    '/v1/months/{month}/completeness',
    '/v1/months/{month}/export',
    '/v1/months/{month}/proof',
    '/v1/months/{month}/statements',
    '/v1/months/{month}/statements/{payer}',
    '/v1/months/{month}/statements/{payer}.html',
    '/v1/months/{month}/what-if',
    '/v1/overview',
    '/v1/ready',
    '/v1/registry',
    '/v1/rejected',
    '/v1/rejected/mends',
    '/v1/rejected/replays',
    '/v1/rejected/rules',
    '/v1/rejected/rules/{name}/end',
    '/v1/rejected/waivers',
    '/v1/sources',
    '/v1/status',
    '/v1/tariff',
    '/v1/tariff/price',
    '/v1/usage',
    '/v1/waiting',
  ])
})
