import { hashSecret, makeSecret } from '@forbruk/infra/access/secret.ts'
import { describe, expect, test } from 'vitest'
import {
  admitUnnamed,
  type Door,
  identifyBySetting,
  identifyByToken,
  type TokenInForce,
} from './identify-caller.ts'

const OPEN: Door = { isLoopback: true, apiToken: null, hasLogin: false }
const API_TOKEN = 'a-token-of-some-length'

test('a secret names itself, has 256 random bits, and is another one each time', () => {
  const secrets = new Set(Array.from({ length: 100 }, makeSecret))
  expect(secrets.size).toBe(100)
  for (const secret of secrets) expect(secret).toMatch(/^fbk_[A-Za-z0-9_-]{43}$/)
})

describe('who need not say who they are', () => {
  test.each<[string, Door, boolean, readonly string[] | null]>([
    ['on one machine without tokens: for everything', OPEN, false, ['admin']],
    [
      'on one machine with FORBRUK_API_TOKEN alone: for reading',
      { ...OPEN, apiToken: API_TOKEN },
      false,
      ['reader'],
    ],
    ['on one machine for which a token was made: nobody', OPEN, true, null],
    ['the same with FORBRUK_API_TOKEN: nobody', { ...OPEN, apiToken: API_TOKEN }, true, null],
    ['where people can log in: nobody', { ...OPEN, hasLogin: true }, false, null],
    ['where others reach it: nobody', { ...OPEN, isLoopback: false }, false, null],
    [
      'there with FORBRUK_API_TOKEN: nobody',
      { isLoopback: false, apiToken: API_TOKEN, hasLogin: false },
      false,
      null,
    ],
  ])('%s', (_what, door, wasAnyMade, roles) => {
    expect(admitUnnamed(door, wasAnyMade)?.roles ?? null).toEqual(roles)
  })
})

describe('who holds FORBRUK_API_TOKEN', () => {
  const door = { ...OPEN, apiToken: API_TOKEN }
  test('is an administrator', () => {
    expect(identifyBySetting(API_TOKEN, door)).toMatchObject({ actor: 'FORBRUK_API_TOKEN', roles: ['admin'] })
  })
  test.each(['', 'a-token', `${API_TOKEN}x`, 'a-token-of-some-lengtH'])('«%s» is not it', secret => {
    expect(identifyBySetting(secret, door)).toBeNull()
    expect(identifyBySetting(secret, OPEN)).toBeNull()
  })
})

describe('who holds a token', () => {
  const secret = makeSecret()
  const token: TokenInForce = {
    ...{ name: 'portal', kind: 'token', actor: 'portal', roles: ['reader'], hash: hashSecret(secret) },
    ...{ clientId: 'acme', partnerId: null, expiresAt: '2026-11-01T00:00:00.000Z' },
  }
  const tokens = new Map([[token.hash, token]])
  const beforeMs = Date.parse('2026-10-31T23:59:59.999Z')

  test('is who it was made for, until it expires', () => {
    expect(identifyByToken(secret, tokens, beforeMs)).toEqual({
      ...{ actor: 'portal', via: 'token', roles: ['reader'], token: 'portal' },
      ...{ scope: { kind: 'client', clientId: 'acme' }, expiresAt: token.expiresAt },
    })
    expect(identifyByToken(secret, tokens, beforeMs + 1)).toBeNull()
  })
  test('what is stored of it is not it, nor is another', () => {
    expect(identifyByToken(token.hash, tokens, beforeMs)).toBeNull()
    expect(identifyByToken(makeSecret(), tokens, beforeMs)).toBeNull()
    expect(identifyByToken('', tokens, beforeMs)).toBeNull()
  })
})
