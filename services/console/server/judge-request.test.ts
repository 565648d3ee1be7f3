import type { Provenance } from '@forbruk/infra/runtime/judge-provenance.ts'
import { expect, test } from 'vitest'
import { type AccessPolicy, judgeRequest, type RequestFacts } from './judge-request.ts'

const TOKEN = 'a-token-of-some-length'
const LOOPBACK: AccessPolicy = { isLoopback: true, token: null }
const LOCKED: AccessPolicy = { isLoopback: true, token: TOKEN }
const OUTSIDE: AccessPolicy = { isLoopback: false, token: TOKEN }

const LOCAL: Provenance = { host: '127.0.0.1:8080', origin: undefined, fetchSite: undefined }

const READ: RequestFacts = {
  isWrite: false,
  isPublic: false,
  provenance: LOCAL,
  contentType: undefined,
  authorization: undefined,
}
const WRITE: RequestFacts = { ...READ, isWrite: true, contentType: 'application/json' }
const HEALTH: RequestFacts = { ...READ, isPublic: true }
const authorization = `Bearer ${TOKEN}`

test.each<[string, RequestFacts, AccessPolicy]>([
  ['a read on loopback', READ, LOOPBACK],
  ['a write on loopback', WRITE, LOOPBACK],
  ['by name', { ...WRITE, provenance: { ...LOCAL, host: 'localhost:8080' } }, LOOPBACK],
  ['by IPv6', { ...WRITE, provenance: { ...LOCAL, host: '[::1]:8080' } }, LOOPBACK],
  ['with a character set', { ...WRITE, contentType: 'application/json; charset=utf-8' }, LOOPBACK],
  [
    'from its own page',
    { ...WRITE, provenance: { ...LOCAL, origin: 'http://127.0.0.1:8080', fetchSite: 'same-origin' } },
    LOOPBACK,
  ],
  ['a read where only writes need the token', READ, LOCKED],
  ['a write with the token', { ...WRITE, authorization }, LOCKED],
  [
    'a read from outside with the token',
    { ...READ, provenance: { ...LOCAL, host: 'forbruk.internal' }, authorization },
    OUTSIDE,
  ],
  ['health from outside', { ...HEALTH, provenance: { ...LOCAL, host: 'forbruk.internal' } }, OUTSIDE],
])('%s is let in', (_what, facts, policy) => {
  expect(judgeRequest(facts, policy)).toBeNull()
})

test.each<[string, RequestFacts, AccessPolicy, number]>([
  ['a name that points here', { ...READ, provenance: { ...LOCAL, host: 'rebound.example' } }, LOOPBACK, 403],
  [
    'health by such a name',
    { ...HEALTH, provenance: { ...LOCAL, host: 'rebound.example:8080' } },
    LOOPBACK,
    403,
  ],
  ['no Host', { ...READ, provenance: { ...LOCAL, host: undefined } }, LOOPBACK, 403],
  ['a Host that is none', { ...READ, provenance: { ...LOCAL, host: 'a b' } }, LOOPBACK, 403],
  [
    'a write from another site',
    { ...WRITE, provenance: { ...LOCAL, origin: 'https://elsewhere.example' } },
    LOOPBACK,
    403,
  ],
  [
    'a write from another port',
    { ...WRITE, provenance: { ...LOCAL, origin: 'http://127.0.0.1:9999' } },
    LOOPBACK,
    403,
  ],
  [
    'a write from a page without origin',
    { ...WRITE, provenance: { ...LOCAL, origin: 'null' } },
    LOOPBACK,
    403,
  ],
  [
    'a write that the browser calls foreign',
    { ...WRITE, provenance: { ...LOCAL, fetchSite: 'cross-site' } },
    LOOPBACK,
    403,
  ],
  ['a form', { ...WRITE, contentType: 'application/x-www-form-urlencoded' }, LOOPBACK, 415],
  ['text', { ...WRITE, contentType: 'text/plain' }, LOOPBACK, 415],
  ['no type', { ...WRITE, contentType: undefined }, LOOPBACK, 415],
  ['another type that begins alike', { ...WRITE, contentType: 'application/jsonp' }, LOOPBACK, 415],
  ['a write without the token', WRITE, LOCKED, 401],
  ['a write with another', { ...WRITE, authorization: 'Bearer a-token-of-some-lengtH' }, LOCKED, 401],
  ['a write with a part of it', { ...WRITE, authorization: 'Bearer a-token' }, LOCKED, 401],
  ['another scheme', { ...WRITE, authorization: `Basic ${TOKEN}` }, LOCKED, 401],
  ['a read from outside without the token', READ, OUTSIDE, 401],
])('%s is refused', (_what, facts, policy, status) => {
  const problem = judgeRequest(facts, policy)
  expect(problem?.status).toBe(status)
  expect(JSON.stringify(problem)).not.toContain(TOKEN)
})
