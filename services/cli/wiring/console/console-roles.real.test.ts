import { readFileSync } from 'node:fs'
import type { NewToken } from '@forbruk/schemas/access/access-token.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'
import { createAccessOperations } from './access-operations.ts'

const { place, countAll } = useInstallation()
const { open, get, url, logged } = useConsole(place)

const madeShape = z.looseObject({ secret: z.string() })
const tokenText = (name: string, more: Partial<NewToken> = {}): NewToken => ({
  ...{ name, roles: ['reader'], clientId: null, partnerId: null, expiresAfterDays: null, ...more },
})
const SEES_CLIENT = tokenText('client', { clientId: 'firma' })
const SEES_PARTNER = tokenText('partner', { partnerId: 'byrå' })
const HOLDERS = [
  tokenText('reader'),
  tokenText('account_manager', { roles: ['account_manager'] }),
  tokenText('closer', { roles: ['closer'] }),
  tokenText('admin', { roles: ['admin'] }),
  SEES_CLIENT,
  SEES_PARTNER,
]

/** Past the console, as by the command. */
async function make(token: NewToken): Promise<string> {
  const { store, clock } = place()
  const made = await createAccessOperations(store, () => clock.nowMs).makeToken(token, 'kari')
  return madeShape.parse(made).secret
}

type Asked = { readonly method?: string; readonly body?: unknown; readonly headers?: Record<string, string> }

const ask = (path: string, secret: string | null, { method = 'GET', body, headers = {} }: Asked = {}) =>
  fetch(`${url()}${path}`, {
    method,
    headers: {
      ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

describe('the table of roles and routes', () => {
  const documentShape = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  const security = readFileSync(new URL('../../../../SECURITY.md', import.meta.url), 'utf8')
  const ROW = /^\| `(GET|POST) ([^`]+)` \| ([a-z_]+) \| (yes|no) \|$/gm
  const said = [...security.matchAll(ROW)].map(([, method = '', path = '', role = '', isScoped = '']) => ({
    ...{ method, path, role, isScoped: isScoped === 'yes' },
  }))

  /** What is asked for is malformed, which is said to whoever may ask. */
  async function mayAsk(secret: string | null, { method, path }: { method: string; path: string }) {
    const filled = path.replace('{month}', '2026-10').replaceAll(/\{\w+\}/g, 'firma%2F2026-10')
    const asked = method === 'GET' ? `${filled}?forgotten=1` : filled
    const answer = await ask(asked, secret, method === 'GET' ? {} : { method, body: { forgotten: 1 } })
    expect([400, 401, 403], `${method} ${path}`).toContain(answer.status)
    return answer.status === 400
  }

  test('has every route, and each lets in whom it says and nobody else', async () => {
    const secrets = new Map<NewToken, string>()
    for (const token of HOLDERS) secrets.set(token, await make(token))
    await open()
    const { paths } = documentShape.parse(await (await get('/openapi.json')).json())
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    )
    expect(said.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(routes.toSorted())
    for (const route of said) {
      const { role, isScoped } = route
      const who = new Map<string, boolean>()
      for (const [token, secret] of secrets) who.set(token.name, await mayAsk(secret, route))
      const isForAll = role === 'anybody'
      const isForReaders = isForAll || role === 'reader'
      expect({ route, unnamed: await mayAsk(null, route), ...Object.fromEntries(who) }).toEqual({
        ...{ route, unnamed: isForAll, reader: isForReaders, admin: true },
        ...{ account_manager: isForReaders || role === 'account_manager' },
        ...{ closer: isForReaders || role === 'closer' },
        ...{ client: isForAll || isScoped, partner: isForAll || isScoped },
      })
    }
  })
})

describe('a token', () => {
  beforeEach(countAll)

  test('that may not is told nothing of whether there is what it asked for', async () => {
    const reader = await make(tokenText('reader'))
    const client = await make(SEES_CLIENT)
    await open()
    const there = await ask('/v1/months/2026-10/close', reader, { method: 'POST', body: {} })
    const not = await ask('/v1/months/2031-02/close', reader, { method: 'POST', body: {} })
    expect(await expectProblem(there, 403, 'role_missing')).toEqual(
      await expectProblem(not, 403, 'role_missing'),
    )
    for (const path of [
      '/v1/cases/firma%2F2026-10',
      '/v1/cases/nobody%2F2026-10',
      '/v1/months/2026-10/proof',
    ])
      await expectProblem(await ask(path, client), 403, 'scope_exceeded')
    await expectProblem(await ask('/v1/nothing', client), 404, 'not_found')
    await expectProblem(await ask('/v1/nothing', null), 401, 'token_missing')
  })

  test('is made, shown once, listed without it, and revoked, all by the API', async () => {
    await open()
    const admin = madeShape.parse(
      await (
        await ask('/v1/access/tokens', null, { method: 'POST', body: { name: 'kari', roles: ['admin'] } })
      ).json(),
    ).secret
    // From now on nobody is let in without one.
    await expectProblem(await ask('/v1/months', null), 401, 'token_missing')
    const body = { name: 'portal', roles: ['reader'], clientId: 'firma', expiresAfterDays: 30 }
    const answer = await ask('/v1/access/tokens', admin, { method: 'POST', body })
    const { secret } = madeShape.parse(await answer.json())
    expect(secret).toMatch(/^fbk_[\w-]{43}$/)
    await expectProblem(await ask('/v1/access/tokens', admin, { method: 'POST', body }), 409, 'token_refused')
    // Under a key the answer, and the secret in it, would be kept.
    const keyed = { method: 'POST', body: { ...body, name: 'keyed' }, headers: { 'idempotency-key': 'k' } }
    await expectProblem(await ask('/v1/access/tokens', admin, keyed), 422, 'key_refused')
    const wrong = { ...body, name: 'both', roles: ['closer'] }
    await expectProblem(
      await ask('/v1/access/tokens', admin, { method: 'POST', body: wrong }),
      422,
      'question_unclear',
    )
    const listed = await (await ask('/v1/access/tokens', admin)).text()
    expect(JSON.parse(listed)).toMatchObject({
      tokens: [
        { name: 'kari', roles: ['admin'], madeBy: 'loopback', revoked: null },
        { name: 'portal', clientId: 'firma', madeBy: 'kari', expiresAt: '2026-12-01T23:00:00.000Z' },
      ],
    })
    expect(listed).not.toContain(secret)
    expect(
      JSON.stringify(await place().store.query('SELECT * FROM access_token', z.unknown())),
    ).not.toContain(secret)
    expect((await ask('/v1/usage', secret)).status).toBe(200)
    const revoke = { method: 'POST', body: { reason: 'the portal is gone' } }
    expect((await ask('/v1/access/tokens/portal/revoke', admin, revoke)).status).toBe(200)
    await expectProblem(await ask('/v1/usage', secret), 401, 'token_missing')
    await expectProblem(await ask('/v1/access/tokens/nobody/revoke', admin, revoke), 404, 'not_found')
    expect(logged()).not.toContain(secret)
  })

  test('that expired, or was revoked elsewhere, holds no longer', async () => {
    const { store, clock } = place()
    const expiring = await make(tokenText('expiring', { expiresAfterDays: 1 }))
    const revoked = await make(tokenText('revoked'))
    await open()
    expect((await ask('/v1/months', expiring)).status).toBe(200)
    clock.nowMs += 86_400_000
    await expectProblem(await ask('/v1/months', expiring), 401, 'token_missing')
    expect((await ask('/v1/months', revoked)).status).toBe(200)
    const operations = createAccessOperations(store, () => clock.nowMs)
    await operations.revokeToken('revoked', { revokedBy: 'ola', reason: 'lost' })
    await expect
      .poll(async () => (await ask('/v1/months', revoked)).status, { timeout: 4_000, interval: 100 })
      .toBe(401)
    // That the last one is gone opens no door.
    await expectProblem(await ask('/v1/months', null), 401, 'token_missing')
  })
})

describe('a cookie in a token’s place', () => {
  const login = async (secret: string) => {
    const body = { token: secret }
    const answer = await ask('/v1/access/session', null, { method: 'POST', body })
    expect(answer.status).toBe(200)
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/)
    return cookie.split(';', 1)[0] ?? ''
  }

  test('is kept by a browser, says who it is, and is taken back', async () => {
    const secret = await make(tokenText('kari', { roles: ['closer'] }))
    await open()
    expect(await (await ask('/v1/access/session', null)).json()).toEqual({ caller: null, hasLogin: false })
    await expectProblem(
      await ask('/v1/access/session', null, { method: 'POST', body: { token: 'fbk_nobody' } }),
      401,
      'token_missing',
    )
    const cookie = await login(secret)
    const who = await ask('/v1/access/session', null, { headers: { cookie } })
    expect(await who.json()).toMatchObject({ caller: { actor: 'kari', via: 'token', roles: ['closer'] } })
    const ended = await ask('/v1/access/session/end', null, { method: 'POST', body: {}, headers: { cookie } })
    expect(ended.headers.get('set-cookie')).toMatch(/^forbruk=;.*Expires=Thu, 01 Jan 1970/)
  })

  test('writes for pages of this address alone', async () => {
    await countAll()
    const secret = await make(tokenText('kari', { roles: ['closer'] }))
    await open()
    const headers = { cookie: await login(secret) }
    const close = (more: Record<string, string>) =>
      ask(CLOSE, null, { method: 'POST', body: { dryRun: true }, headers: { ...headers, ...more } })
    expect((await ask('/v1/months', null, { headers })).status).toBe(200)
    await expectProblem(await close({}), 403, 'origin_foreign')
    await expectProblem(await close({ 'sec-fetch-site': 'none' }), 403, 'origin_foreign')
    await expectProblem(await close({ origin: 'https://elsewhere.example' }), 403, 'origin_foreign')
    await expectProblem(await close({ origin: url(), 'sec-fetch-site': 'cross-site' }), 403, 'origin_foreign')
    expect((await close({ origin: url() })).status).toBe(200)
    expect((await close({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })
})
