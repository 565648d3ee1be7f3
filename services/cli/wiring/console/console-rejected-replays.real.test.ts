import { readConfig } from '@forbruk/infra/runtime/config.ts'
import { encodeRejectedLine } from '@forbruk/schemas/wire/encode.ts'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { flushBlock, TOPIC } from '../../../../test/support/close/counted-month.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'
import { createAccessOperations } from './access-operations.ts'

const { place, rows, countAll } = useInstallation()
const { open, get, post } = useConsole(place)
const REPLAYS = '/v1/rejected/replays'
const BY = { reason: 'the format named another field', actor: 'kari' }
const LINES = 5_003

const answerShape = z.object({
  ...{ lines: z.int(), readable: z.int(), sent: z.int(), left: z.int(), next: z.string().nullable() },
  leftLines: z.array(z.object({ at: z.string(), why: z.string(), detail: z.string() })),
})
const replay = async (more: Record<string, unknown> = {}) =>
  answerShape.parse(await (await post(REPLAYS, { ...BY, ...more })).json())

/** Lines of a file that lies elsewhere, and one that came over HTTP. */
beforeEach(async () => {
  place().clock.nowMs = Date.parse('2026-10-15T12:00:00Z')
  const line = { kind: 'rejected_line', reason: 'client_missing', detail: '', excerpt: 'JSON: {}' } as const
  const value = encodeRejectedLine({ ...line, source: 'gw1', file: 'a1b2', position: 0, lineBytes: 2 })
  await place().log.append([{ value, to: { partition: 1 } }])
  await countAll()
  await flushBlock(place().store, { partition: 1, block: 0, nextOffset: LINES + 1, uses: [] })
  const row = {
    ...{ stream: TOPIC, partition: 1, event_index: 0, block: 0, append_time: '2026-10-15T12:00:00Z' },
    ...{ reason: 'client_missing', detail: '', excerpt: 'JSON: {}', record_bytes: 2 },
  }
  await place().store.insert('rejected_event', [
    ...Array.from({ length: LINES }, (_, offset) => ({
      ...{ ...row, offset, source: 'gw1', file: 'a1b2', position: offset * 3 },
    })),
    { ...row, offset: LINES, source: 'edge', file: 'http-0011223344556677', position: 0 },
  ])
})

test('what can’t be read where the console runs is named, with what to do; some thousand at a time', async () => {
  await open()
  const first = await replay()
  expect(first).toMatchObject({ lines: 5_000, readable: 0, sent: 0, left: 5_000 })
  expect(first.leftLines).toHaveLength(100)
  expect(first.leftLines[0]).toEqual({
    ...{ at: `1:${LINES}`, why: 'unreadable' },
    detail: expect.stringContaining('it came over HTTP and is kept nowhere'),
  })
  expect(first.leftLines[1]).toMatchObject({
    ...{ at: '1:0', why: 'unreadable' },
    detail: 'nothing of gw1 was shipped from here: replay it where its files are, or name them by --file',
  })
  expect(await replay({ after: first.next })).toMatchObject({ lines: 4, left: 4, next: null })
  expect(await replay({ source: 'edge', dryRun: true })).toMatchObject({ lines: 1, left: 1, next: null })
  expect(await rows('SELECT * FROM rejected_mend')).toEqual([])
  // A trial is no act.
  expect(await rows("SELECT subject, said_actor, reason FROM audit_entry WHERE outcome = 'done'")).toEqual([
    { subject: 'all', said_actor: 'kari', reason: BY.reason },
    { subject: 'all', said_actor: 'kari', reason: BY.reason },
  ])
})

test('one at a time', async () => {
  await open()
  const both = await Promise.all([post(REPLAYS, BY), post(REPLAYS, BY)])
  const busy = both.find(({ status }) => status === 409)
  if (busy === undefined) throw new Error('expected the second one to be told')
  await expectProblem(busy, 409, 'replay_running')
  expect((await post(REPLAYS, BY)).status).toBe(200)
})

test('whoever may only read may not, and a question that is none is refused before anything is done', async () => {
  await open()
  await expectProblem(await post(REPLAYS, { ...BY, reasonCode: 'mistyped' }), 400, 'request_malformed')
  await expectProblem(await post(REPLAYS, { ...BY, file: '/etc/passwd' }), 400, 'request_malformed')
  await expectProblem(await post(REPLAYS, { actor: 'kari' }), 400, 'request_malformed')
  await expectProblem(await post(REPLAYS, { ...BY, after: 'x' }), 422, 'question_unclear')
  const { store, clock } = place()
  const { makeToken } = createAccessOperations(store, () => clock.nowMs)
  const token = { clientId: null, partnerId: null, expiresAfterDays: null }
  const made = await makeToken({ ...token, name: 'leser', roles: ['reader'] }, 'kari')
  if (made.kind === 'refused') throw new Error(made.detail)
  await expect.poll(async () => (await get('/v1/rejected')).status, { timeout: 10_000 }).toBe(401)
  const reader = { authorization: `Bearer ${made.secret}` }
  await expectProblem(await post(REPLAYS, BY, reader), 403, 'role_missing')
  expect(await rows("SELECT act FROM audit_entry WHERE act = 'mend_events' AND outcome = 'done'")).toEqual([])
})

test('a source of FORBRUK_INTAKE is read as that says, and a topic that can’t be had is named', async () => {
  const { store } = place()
  await store.command('TRUNCATE TABLE rejected_event')
  const where = { partition: 1, offset: 0, event_index: 0, block: 0, append_time: '2026-10-15T12:00:00Z' }
  const what = { reason: 'client_missing', detail: '', excerpt: 'JSON: {}', record_bytes: 2, position: 0 }
  const topic = { source: 'shipped', file: 'nginx.lines/0' }
  await store.insert('rejected_event', [{ stream: TOPIC, ...where, ...what, ...topic }])
  const { intakes, log } = readConfig({
    KAFKA_BROKERS: '127.0.0.1:1',
    FORBRUK_INTAKE: 'topic=nginx.lines format=nginx-json source=shipped',
  })
  await open({ originals: { intakes, log } })
  const { leftLines } = await replay()
  expect(leftLines).toEqual([
    {
      at: '1:0',
      why: 'unreadable',
      detail: expect.stringContaining("topic nginx.lines can't be read from here"),
    },
  ])
})
