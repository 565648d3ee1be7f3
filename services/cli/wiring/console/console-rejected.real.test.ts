import { encodeRejectedLine } from '@forbruk/schemas/wire/encode.ts'
import { parse } from 'csv-parse/sync'
import { beforeEach, expect, test } from 'vitest'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { flushBlock, TOPIC } from '../../../../test/support/close/counted-month.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, rows, countAll } = useInstallation()
const { open, get, post, url } = useConsole(place)
const WAIVERS = '/v1/rejected/waivers'
const MENDS = '/v1/rejected/mends'
const BY = { reason: 'the key belongs to them', actor: 'kari' }
const JSON_EVENT =
  '{"source":"kong","identity":null,"client_id":"","integration_id":"shop","time":1792065600500,"status":200,' +
  '"request_bytes":1,"response_bytes":2}'

/** A line without a client at 1:0, and a record without one at 1:1. */
beforeEach(async () => {
  place().clock.nowMs = Date.parse('2026-10-15T12:00:00Z')
  const line = encodeRejectedLine({
    ...{ kind: 'rejected_line', source: 'gw1', file: 'a1b2', position: 300, reason: 'client_missing' },
    ...{ detail: 'client_id is empty', excerpt: 'JSON: {}', lineBytes: 2 },
  })
  await place().log.append([line, Buffer.from(JSON_EVENT)].map(value => ({ value, to: { partition: 1 } })))
  await countAll()
  await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 2, uses: [] })
  const row = {
    ...{ stream: TOPIC, partition: 1, event_index: 0, block: 0, append_time: '2026-10-15T12:00:00Z' },
    ...{
      reason: 'client_missing',
      detail: '',
      source: '',
      file: '',
      position: null,
      excerpt: '',
      record_bytes: 1,
    },
  }
  await place().store.insert('rejected_event', [
    { ...row, offset: 0 },
    { ...row, offset: 1 },
  ])
})

const states = async () =>
  (await rows('SELECT state FROM rejected_events ORDER BY offset')).map(({ state }) => state)
/** By name: they are done at one time of the test's clock. */
const acts = async () =>
  (await rows("SELECT act, outcome FROM audit_entry WHERE outcome != 'begun' ORDER BY act, outcome")).map(
    ({ act, outcome }) => `${act} ${outcome}`,
  )

test('all of them come as a file, whatever the limit of a page', async () => {
  await open()
  const answer = await fetch(`${url()}/v1/rejected?limit=1`, { headers: { accept: 'text/csv' } })
  const [header, ...records] = parse(await answer.text())
  expect(header).toContain('state_reason')
  expect(records.map(([partition, offset]) => `${partition}:${offset}`)).toEqual(['1:0', '1:1'])
})

test("a month's events of one reason are waived, after a trial that changes nothing", async () => {
  await open()
  const month = { reasonCode: 'client_missing', month: '2026-10', ...BY }
  const trial = await post(WAIVERS, { ...month, dryRun: true })
  expect([trial.status, await trial.json()]).toEqual([200, { dryRun: true, waived: 2, before: 0, left: 0 }])
  expect([await states(), await acts()]).toEqual([['open', 'open'], []])
  const one = await post(WAIVERS, { places: ['1:0'], ...BY })
  expect(await one.json()).toEqual({ dryRun: false, waived: 1, before: 0, left: 0 })
  const key = { 'idempotency-key': 'waive-1' }
  const first = await (await post(WAIVERS, month, key)).json()
  expect(first).toEqual({ dryRun: false, waived: 1, before: 1, left: 0 })
  // Asked again under its key, it is answered as it was.
  expect(await (await post(WAIVERS, month, key)).json()).toEqual(first)
  expect(await states()).toEqual(['waived', 'waived'])
  expect(await acts()).toEqual(['waive_events done', 'waive_events done'])
  const why = 'the key belongs to them'
  expect(await rows('SELECT DISTINCT subject, said_actor, reason FROM audit_entry ORDER BY subject')).toEqual(
    [
      { subject: '1:0', said_actor: 'kari', reason: why },
      { subject: 'client_missing of 2026-10', said_actor: 'kari', reason: why },
    ],
  )
  const listed = await (await get('/v1/rejected')).json()
  expect(listed).toMatchObject({ reasons: [{ reason: 'client_missing', state: 'waived', events: 2 }] })
})

test('an event is mended and sent, once, after a trial that sends nothing', async () => {
  await open()
  const mend = { mends: [{ at: '1:1', set: { client_id: 'firma' } }], ...BY }
  const trial = await post(MENDS, { ...mend, dryRun: true })
  expect([trial.status, await trial.json()]).toEqual([200, { dryRun: true, sent: 1, before: 0 }])
  expect([await states(), await rows('SELECT * FROM rejected_mend')]).toEqual([['open', 'open'], []])
  expect(await (await post(MENDS, mend)).json()).toEqual({ dryRun: false, sent: 1, before: 0 })
  expect(await (await post(MENDS, mend)).json()).toEqual({ dryRun: false, sent: 0, before: 1 })
  expect(await states()).toEqual(['open', 'mending'])
  expect(await rows("SELECT client_id, actor FROM rejected_mend WHERE step = 'intended'")).toEqual([
    { client_id: 'firma', actor: 'kari' },
  ])
})

test('what is no rejected event, and what still is none once mended, is refused and says why', async () => {
  await open()
  const nowhere = await expectProblem(await post(WAIVERS, { places: ['0:7'], ...BY }), 409, 'events_refused')
  expect(nowhere.detail).toContain('no rejected event of gateway.requests stands at 0:7')
  const still = { mends: [{ at: '1:1', set: { integration_id: 'x' } }], ...BY }
  const refused = await expectProblem(await post(MENDS, still), 409, 'events_refused')
  expect(refused.detail).toContain('mended it is rejected again')
  const shapeless = { mends: [{ at: '1:0', line: '{}' }], ...BY }
  await expectProblem(await post(MENDS, shapeless), 409, 'events_refused')
  expect(await acts()).toEqual(['mend_events refused', 'mend_events refused', 'waive_events refused'])
})

test('as many lines as are described, each as long, are taken and looked at', async () => {
  await open()
  const mends = Array.from({ length: 100 }, () => ({ at: '1:0', line: '\u001f'.repeat(16_384) }))
  await expectProblem(await post(MENDS, { mends, ...BY }), 409, 'events_refused')
  const tooMany = await post(MENDS, { mends: [...mends, { at: '1:0', line: 'x' }], ...BY })
  await expectProblem(tooMany, 400, 'request_malformed')
})

test.each([
  [WAIVERS, { places: ['1:0'], month: '2026-10' }, 422, 'either places, or reasonCode and month'],
  [WAIVERS, {}, 422, 'either places, or reasonCode and month'],
  [WAIVERS, { places: ['1-0'] }, 400, 'a place in the log'],
  [WAIVERS, { reasonCode: 'mistyped', month: '2026-10' }, 400, 'one of'],
  [MENDS, { mends: [{ at: '1:0' }] }, 422, 'set or line, or vouchTime alone'],
  [MENDS, { mends: [{ at: '1:0', line: 'x', set: {} }] }, 422, 'set or line, or vouchTime alone'],
])('%s of %j is refused before anything is looked for', async (path, body, status, expected) => {
  await open()
  const kind = status === 400 ? 'request_malformed' : 'question_unclear'
  const problem = await expectProblem(await post(path, { ...body, ...BY }), status, kind)
  expect(problem.detail).toContain(expected)
  expect(await acts()).toEqual([])
})
