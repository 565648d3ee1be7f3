import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { answerOnce } from './answer-once.ts'
import { buildServer } from './build-server.ts'

function open() {
  const app = buildServer({ isLoopback: true, token: null }, pino({ level: 'silent' }))
  const kept = new Map<string, { asked: string; status: number; answer: string }>()
  answerOnce(app, {
    findAnswer: async key => kept.get(key) ?? null,
    keepAnswer: async ({ key, ...answer }) => void kept.set(key, answer),
  })
  let done = 0
  const begun = Promise.withResolvers<void>()
  let gate: Promise<void> = Promise.resolve()
  const schema = { body: z.strictObject({ dryRun: z.boolean().default(false) }) }
  app.post('/act', { schema }, async ({ body }) => {
    begun.resolve()
    await gate
    return { ...body, done: ++done }
  })
  const post = (payload: object, key: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/act', payload, headers: { 'idempotency-key': key, ...headers } })
  const hold = () => {
    const held = Promise.withResolvers<void>()
    gate = held.promise
    return { begun: begun.promise, letGo: held.resolve }
  }
  return { post, hold, done: () => done }
}

test('a write is done once under a key, and another one is refused', async () => {
  const { post, done } = open()
  const first = await post({}, 'a')
  const again = await post({}, 'a')
  expect([again.statusCode, again.body]).toEqual([200, first.body])
  expect((await post({ dryRun: true }, 'a')).statusCode).toBe(422)
  expect(done()).toBe(1)
  expect((await post({ dryRun: true }, 'b')).statusCode).toBe(200)
  expect((await post({}, 'a', { authorization: 'Bearer other' })).statusCode).toBe(200)
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
