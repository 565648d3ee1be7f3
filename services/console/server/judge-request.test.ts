import type { Provenance } from '@forbruk/infra/runtime/judge-provenance.ts'
import { expect, test } from 'vitest'
import { judgeRequest, type RequestFacts } from './judge-request.ts'

const LOCAL: Provenance = { host: '127.0.0.1:8080', origin: undefined, fetchSite: undefined }

const READ: RequestFacts = { isWrite: false, provenance: LOCAL, contentType: undefined }
const WRITE: RequestFacts = { ...READ, isWrite: true, contentType: 'application/json' }
const OUTSIDE: Provenance = { ...LOCAL, host: 'forbruk.internal' }

test.each<[string, RequestFacts, boolean]>([
  ['a read on loopback', READ, true],
  ['a write on loopback', WRITE, true],
  ['by name', { ...WRITE, provenance: { ...LOCAL, host: 'localhost:8080' } }, true],
  ['by IPv6', { ...WRITE, provenance: { ...LOCAL, host: '[::1]:8080' } }, true],
  ['with a character set', { ...WRITE, contentType: 'application/json; charset=utf-8' }, true],
  [
    'from its own page',
    { ...WRITE, provenance: { ...LOCAL, origin: 'http://127.0.0.1:8080', fetchSite: 'same-origin' } },
    true,
  ],
  ['a read from outside', { ...READ, provenance: OUTSIDE }, false],
])('%s is let in', (_what, facts, isLoopback) => {
  expect(judgeRequest(facts, isLoopback)).toBeNull()
})

test.each<[string, RequestFacts, number]>([
  ['a name that points here', { ...READ, provenance: { ...LOCAL, host: 'rebound.example' } }, 403],
  ['no Host', { ...READ, provenance: { ...LOCAL, host: undefined } }, 403],
  ['a Host that is none', { ...READ, provenance: { ...LOCAL, host: 'a b' } }, 403],
  [
    'a write from another site',
    { ...WRITE, provenance: { ...LOCAL, origin: 'https://elsewhere.example' } },
    403,
  ],
  ['a write from another port', { ...WRITE, provenance: { ...LOCAL, origin: 'http://127.0.0.1:9999' } }, 403],
  ['a write from a page without origin', { ...WRITE, provenance: { ...LOCAL, origin: 'null' } }, 403],
  [
    'a write that the browser calls foreign',
    { ...WRITE, provenance: { ...LOCAL, fetchSite: 'cross-site' } },
    403,
  ],
  ['a form', { ...WRITE, contentType: 'application/x-www-form-urlencoded' }, 415],
  ['text', { ...WRITE, contentType: 'text/plain' }, 415],
  ['no type', { ...WRITE, contentType: undefined }, 415],
  ['another type that begins alike', { ...WRITE, contentType: 'application/jsonp' }, 415],
])('%s is refused', (_what, facts, status) => {
  expect(judgeRequest(facts, true)?.status).toBe(status)
})
