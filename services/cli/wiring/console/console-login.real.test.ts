import { makeToken } from '@forbruk/infra/access/make-token.ts'
import type { Role } from '@forbruk/schemas/access/role.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'
import { logInAt, startProvider } from '../../../../test/support/console/login-provider.ts'

const { place, countAll, rows } = useInstallation()
const { open, url, logged } = useConsole(place)

const ACCOUNTS = {
  kari: { groups: ['finance', 'chess'], email: 'kari@firma.no', email_verified: true },
  ola: { groups: ['staff'], email: 'kari@firma.no', email_verified: false },
  stranger: { groups: ['admin'] },
}
const ROLES = new Map<string, Role>([
  ['finance', 'closer'],
  ['staff', 'reader'],
])
const LOGIN = '/v1/access/login'

let provider: Awaited<ReturnType<typeof startProvider>>
beforeEach(async () => {
  provider = await startProvider(ACCOUNTS)
  const login = { ...provider.settings, scope: 'openid email groups', claim: 'groups', roles: ROLES }
  await open({ settings: { login } })
  provider.knowConsole(url())
})
afterEach(() => provider.stop())

const visit = (path: string, cookie = '') =>
  fetch(new URL(path, url()), { redirect: 'manual', headers: cookie === '' ? {} : { cookie } })
const cookieOf = (answer: Response, name: string) =>
  answer.headers
    .getSetCookie()
    .find(each => each.startsWith(`${name}=`))
    ?.split(';', 1)[0] ?? ''

/** To the provider and back: what the browser then opens, and what it has kept. */
async function goAndReturn(login: string, returnTo = '/') {
  const begun = await visit(`${LOGIN}?returnTo=${encodeURIComponent(returnTo)}`)
  expect(begun.status).toBe(302)
  const returned = await logInAt(begun.headers.get('location') ?? '', login, url())
  return { returned: returned.href, kept: cookieOf(begun, 'forbruk-login') }
}

async function logIn(login: string): Promise<string> {
  const { returned, kept } = await goAndReturn(login)
  const answer = await visit(returned, kept)
  expect(answer.status).toBe(302)
  return cookieOf(answer, 'forbruk')
}

const write = (path: string, cookie: string, body: unknown) =>
  fetch(new URL(path, url()), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url(), cookie },
    body: JSON.stringify(body),
  })

test('a person logs in at the provider, does what their groups let them, and logs out', async () => {
  await countAll()
  await expectProblem(await visit('/v1/months'), 401, 'token_missing')
  const { returned, kept } = await goAndReturn('kari', '/v1/months?x=1')
  const answer = await visit(returned, kept)
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/v1/months?x=1'])
  const set = answer.headers.getSetCookie().find(each => each.startsWith('forbruk='))
  expect(set).toMatch(/^forbruk=fbk_[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/)

  const session = cookieOf(answer, 'forbruk')
  expect(await (await visit('/v1/access/session', session)).json()).toMatchObject({
    caller: { actor: 'kari (kari@firma.no)', via: 'session', roles: ['closer'] },
    hasLogin: true,
  })
  expect((await write(CLOSE, session, {})).status).toBe(200)
  await expectProblem(await visit('/v1/audit-log', session), 403, 'role_missing')
  expect((await write('/v1/access/session/end', session, {})).status).toBe(200)
  // Not only the browser has forgotten it.
  await expectProblem(await visit('/v1/months', session), 401, 'token_missing')
  expect(await rows('SELECT act, actor, via, outcome FROM audit_entry ORDER BY ALL')).toEqual([
    { act: 'close_month', actor: 'kari (kari@firma.no)', via: 'session', outcome: 'begun' },
    { act: 'close_month', actor: 'kari (kari@firma.no)', via: 'session', outcome: 'done' },
    { act: 'log_in', actor: 'kari (kari@firma.no)', via: 'session', outcome: 'done' },
  ])
  expect(logged()).not.toContain(session.slice('forbruk='.length))
})

test('a session ends by its time; an address that nobody verified names nobody', async () => {
  const session = await logIn('ola')
  expect(await (await visit('/v1/access/session', session)).json()).toMatchObject({
    caller: { actor: 'ola', roles: ['reader'] },
  })
  expect((await visit('/v1/months', session)).status).toBe(200)
  await expectProblem(await write(CLOSE, session, {}), 403, 'role_missing')
  place().clock.nowMs += 8 * 3_600_000
  await expectProblem(await visit('/v1/months', session), 401, 'token_missing')
})

test('who has no role is let in nowhere, whatever their groups are called', async () => {
  const { returned, kept } = await goAndReturn('stranger')
  const answer = await visit(returned, kept)
  expect(cookieOf(answer, 'forbruk')).toBe('')
  const problem = await expectProblem(answer, 403, 'login_refused')
  expect(problem.detail).toContain('stranger is known to the provider, and has no role here')
  expect(await rows('SELECT name FROM access_token')).toEqual([])
})

test('what another browser began, or another login, is refused', async () => {
  const { returned, kept } = await goAndReturn('kari')
  const attempt = decodeURIComponent(kept.slice('forbruk-login='.length))
  const changed = (part: string) => {
    const value = JSON.stringify({ ...JSON.parse(attempt), [part]: 'x'.repeat(43) })
    return `forbruk-login=${encodeURIComponent(value)}`
  }
  const state = new URL(returned)
  state.searchParams.set('state', 'x'.repeat(43))
  const issuer = new URL(returned)
  issuer.searchParams.set('iss', 'https://elsewhere.example')
  const failed = new URL(returned)
  failed.searchParams.delete('code')
  failed.searchParams.set('error', 'access_denied')
  failed.searchParams.set('error_description', '<b>call us</b>')
  const WRONG: readonly [string, string][] = [
    [returned, ''],
    [returned, 'forbruk-login=nonsense'],
    [returned, changed('state')],
    [state.href, kept],
    [issuer.href, kept],
    [failed.href, kept],
    [`${LOGIN}/callback`, kept],
  ]
  for (const [address, cookie] of WRONG) {
    const problem = await expectProblem(await visit(address, cookie), 403, 'login_refused')
    expect(problem.detail).not.toContain('call us')
  }
  // These two the provider, or what it signed, gives away; its code is spent by each.
  expect(logged()).not.toContain('unexpected ID Token')
  await expectProblem(await visit(returned, changed('nonce')), 403, 'login_refused')
  expect(logged()).toMatch(/unexpected ID Token .*nonce/)
  const again = await goAndReturn('kari')
  const verifier = { ...JSON.parse(decodeURIComponent(again.kept.slice('forbruk-login='.length))) }
  const wrong = `forbruk-login=${encodeURIComponent(JSON.stringify({ ...verifier, verifier: 'x'.repeat(43) }))}`
  await expectProblem(await visit(again.returned, wrong), 403, 'login_refused')
  expect(await rows('SELECT name FROM access_token')).toEqual([])
})

test('an answer counts once, and nobody is sent to another site', async () => {
  const { returned, kept } = await goAndReturn('kari')
  expect((await visit(returned, kept)).status).toBe(302)
  await expectProblem(await visit(returned, kept), 403, 'login_refused')
  for (const returnTo of ['https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example', 'x'])
    await expectProblem(
      await visit(`${LOGIN}?returnTo=${encodeURIComponent(returnTo)}`),
      400,
      'request_malformed',
    )
})

test('while the provider is away nobody logs in; who has a token goes on', async () => {
  const { store, clock } = place()
  const none = { clientId: null, partnerId: null, expiresAfterDays: null }
  const { secret } = await makeToken(
    { store, clock: () => clock.nowMs },
    { name: 'script', roles: ['reader'], ...none },
    'kari',
  )
  await provider.stop()
  await expectProblem(await visit(LOGIN), 503, 'login_unavailable')
  const answer = await fetch(`${url()}/v1/months`, { headers: { authorization: `Bearer ${secret}` } })
  expect(answer.status).toBe(200)
})
