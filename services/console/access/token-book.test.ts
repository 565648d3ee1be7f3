import { hashSecret, makeSecret } from '@forbruk/infra/access/secret.ts'
import { expect, test } from 'vitest'
import type { TokenInForce } from './identify-caller.ts'
import { TokenBook } from './token-book.ts'

const secret = makeSecret()
const token: TokenInForce = {
  ...{ name: 'portal', kind: 'token', actor: 'portal', roles: ['reader'], hash: hashSecret(secret) },
  ...{ clientId: null, partnerId: null, expiresAt: null },
}

function bookOver(stored: { tokens: TokenInForce[]; fails?: boolean }) {
  let asked = 0
  let nowMs = 0
  const read = async () => {
    asked += 1
    if (stored.fails === true) throw new Error('the store is away')
    return { tokens: [...stored.tokens], wasAnyMade: stored.tokens.length > 0 }
  }
  const book = new TokenBook(read, () => nowMs)
  const knows = async () => (await book.currentFor(secret)).byHash.has(token.hash)
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { book, knows, pass, asked: () => asked }
}

test('a revocation elsewhere holds after two seconds; until then the store is asked once', async () => {
  const stored = { tokens: [token] }
  const { knows, pass, asked } = bookOver(stored)
  expect(await Promise.all([knows(), knows(), knows()])).toEqual([true, true, true])
  expect(asked()).toBe(1)
  stored.tokens = []
  pass(2_000)
  expect(await knows()).toBe(true)
  pass(1)
  expect(await knows()).toBe(false)
})

test('one that was just made elsewhere is asked for; what nobody knows, four times a second at most', async () => {
  const stored = { tokens: [] as TokenInForce[] }
  const { knows, pass, asked } = bookOver(stored)
  for (let count = 0; count < 50; count++) expect(await knows()).toBe(false)
  expect(asked()).toBe(1)
  stored.tokens = [token]
  pass(251)
  expect(await knows()).toBe(true)
})

test('what is made or revoked here holds at once, also while the store is being asked', async () => {
  const stored = { tokens: [token] }
  const { book, knows } = bookOver(stored)
  const before = knows()
  stored.tokens = []
  book.forget()
  await before
  expect(await knows()).toBe(false)
})

test('while the store can’t be asked nobody is let in by what was known longer ago', async () => {
  const stored = { tokens: [token], fails: false }
  const { knows, pass } = bookOver(stored)
  expect(await knows()).toBe(true)
  stored.fails = true
  pass(2_001)
  await expect(knows()).rejects.toThrow('away')
  stored.fails = false
  expect(await knows()).toBe(true)
})
