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
  expect(judgeRequest(facts, { isLoopback, publicUrl: null })).toBeNull()
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
  expect(judgeRequest(facts, { isLoopback: true, publicUrl: null })?.status).toBe(status)
})

test.each<[string, Provenance, number | undefined]>([
  ['its own name', { ...LOCAL, host: 'forbruk.example' }, undefined],
  ['its own page', { ...LOCAL, host: 'forbruk.example', origin: 'https://forbruk.example' }, undefined],
  ['its own page by the address behind', { ...LOCAL, origin: 'https://forbruk.example' }, undefined],
  ['its own page without TLS', { ...LOCAL, origin: 'http://forbruk.example' }, 403],
  ['another name', { ...LOCAL, host: 'rebound.example' }, 403],
  ['another page', { ...LOCAL, host: 'forbruk.example', origin: 'https://elsewhere.example' }, 403],
])('behind a proxy, a write from %s', (_what, provenance, status) => {
  const place = { isLoopback: true, publicUrl: new URL('https://forbruk.example') }
  expect(judgeRequest({ ...WRITE, provenance }, place)?.status).toBe(status)
})
