import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { BrowserCookie } from '../access/browser-cookie.ts'
import { Gate } from '../access/gate.ts'
import { TokenBook } from '../access/token-book.ts'
import { answerOnce } from './answer-once.ts'
import { buildServer } from './build-server.ts'

function open() {
  const door = { isLoopback: true, apiToken: null, hasLogin: false }
  const book = new TokenBook(
    async () => ({ tokens: [], wasAnyMade: false }),
    () => 0,
  )
  const cookie = new BrowserCookie({ name: 'forbruk', isSecure: false, ageMaxMs: 1_000 })
  const gate = new Gate({ door, book, cookie, clock: () => 0 })
  const app = buildServer({ isLoopback: true, publicUrl: null, gate }, pino({ level: 'silent' }))
  const kept = new Map<string, { asked: string; status: number; answer: string }>()
  answerOnce(app, {
    findAnswer: async key => kept.get(key) ?? null,
    keepAnswer: async ({ key, ...answer }) => void kept.set(key, answer),
  })
  let done = 0
  const begun = Promise.withResolvers<void>()
  let letting: Promise<void> = Promise.resolve()
  const schema = { body: z.strictObject({ dryRun: z.boolean().default(false) }) }
  const config = { access: { role: 'admin', act: null } } as const
  app.post('/act', { config, schema }, async ({ body }) => {
    begun.resolve()
    await letting
    return { ...body, done: ++done }
  })
  for (const [url, access] of [
    ['/secret', { role: 'admin', act: null, answersSecret: true }],
    ['/door', { role: 'anybody' }],
  ] as const)
    app.post(url, { config: { access } }, async () => ({ done: ++done }))
  const post = (payload: object, key: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/act', payload, headers: { 'idempotency-key': key, ...headers } })
  const hold = () => {
    const held = Promise.withResolvers<void>()
    letting = held.promise
    return { begun: begun.promise, letGo: held.resolve }
  }
  const send = (url: string, headers: Record<string, string>) =>
    app.inject({ method: 'POST', url, payload: {}, headers })
  return { post, send, hold, kept, done: () => done }
}

test('a write is done once under a key, and another one is refused', async () => {
  const { post, done } = open()
  const first = await post({}, 'a')
  const again = await post({}, 'a')
  expect([again.statusCode, again.body]).toEqual([200, first.body])
  expect((await post({ dryRun: true }, 'a')).statusCode).toBe(422)
  expect(done()).toBe(1)
  expect((await post({ dryRun: true }, 'b')).statusCode).toBe(200)
  expect((await post({}, 'a', { cookie: 'forbruk=other' })).statusCode).toBe(200)
  expect(done()).toBe(3)
})

test('of two at a time one is done, and the other told to ask again', async () => {
  const { post, hold, done } = open()
  const { begun, letGo } = hold()
  const first = post({}, 'a')
  await begun
  expect((await post({}, 'a')).statusCode).toBe(409)
  letGo()
  expect((await first).statusCode).toBe(200)
  expect((await post({}, 'a')).statusCode).toBe(200)
  expect(done()).toBe(1)
})

test.each(['/secret', '/door'])('%s keeps no answer, and takes no key', async url => {
  const { send, done, kept } = open()
  expect((await send(url, {})).statusCode).toBe(200)
  expect((await send(url, { 'idempotency-key': 'a' })).statusCode).toBe(422)
  expect([done(), kept.size]).toEqual([1, 0])
})
