import type { StandingRule, WaiverRule } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { waiverRuleShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { beforeEach, expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { flushBlock, TOPIC } from '../../../test/support/close/counted-month.ts'
import { addRule } from './add-rule.ts'
import { endRule } from './end-rule.ts'
import { readRules } from './read-rules.ts'
import { waiveRejected } from './waive-rejected.ts'

const { place, close, rows, refusals, countAll } = useInstallation()
const clock = () => place().clock.nowMs
const ON = () => ({ store: place().store, stream: TOPIC, clock })
const STRANGERS = {
  ...{
    name: 'strangers',
    reasonCode: 'client_missing',
    statuses: [401, 403],
    eventsMax: 3,
    fromMonth: '2026-10',
  },
  ...{ reason: 'nobody was served', actor: 'kari' },
}
const add = (changes: Partial<WaiverRule> = {}) =>
  addRule({ ...ON(), rule: waiverRuleShape.parse({ ...STRANGERS, ...changes }) })
const end = (untilMonth: string, name = 'strangers') =>
  endRule({ ...ON(), name, end: { untilMonth, reason: 'the gateway is gone', actor: 'ola' } })

/** A month that lacks nothing but a word on rejected events: two with 401, one with 403, one with 200. */
beforeEach(async () => {
  await countAll()
  await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 0, uses: [] })
  await place().store.insert(
    'rejected_event',
    [401, 401, 403, 200].map((status, offset) => ({
      ...{
        stream: TOPIC,
        partition: 1,
        offset,
        event_index: 0,
        block: 0,
        append_time: '2026-10-15T12:00:00Z',
      },
      ...{ reason: 'client_missing', detail: `client_id is missing or empty; the status is ${status}` },
      ...{ source: 'gw1', file: 'access.log', position: offset, excerpt: '', record_bytes: 1 },
    })),
  )
})

const waiveServed = () =>
  waiveRejected({
    ...ON(),
    selection: [{ partition: 1, offset: 3, eventIndex: 0 }],
    ...{ reason: 'our own probe', actor: 'ola' },
  })

test('it lets go what it speaks of and no more, and the close says so apart from what people waived', async () => {
  await add()
  expect(await refusals()).toEqual([
    '1 rejected events of the month (client_missing, such as 1:3) are neither mended nor waived; ' +
      'see forbruk rejected list --month 2026-10, then forbruk rejected replay or waive',
  ])
  await waiveServed()
  expect(await close()).toMatchObject({
    outcome: 'closed',
    forced: null,
    rejected: [{ reason: 'client_missing', events: 4, waived: 4, ruled: 3, open: 0 }],
    waivers: [{ reason: 'our own probe', actor: 'ola', events: 1 }],
    ruled: [
      {
        ...{ rule: 'strangers', reason: 'nobody was served', actor: 'kari', events: 3, eventsMax: 3 },
        bound: { kind: 'number' },
      },
    ],
  })
  expect(await rows('SELECT ruled, waivers FROM month_closes')).toEqual([
    {
      ruled: [
        {
          ...{
            rule: 'strangers',
            reason: 'nobody was served',
            actor: 'kari',
            events: '3',
            late: '0',
            events_max: '3',
          },
          bound: '{"kind":"number"}',
        },
      ],
      waivers: [{ reason: 'our own probe', actor: 'ola', events: '1' }],
    },
  ])
  expect(await rows('SELECT actor FROM rejected_waiver')).toEqual([{ actor: 'ola' }])
  expect(await close()).toMatchObject({ outcome: 'unchanged', ruled: [{ events: 3 }] })
})

test('with more than its bound it waives none, and both numbers are named', async () => {
  await add({ eventsMax: 2 })
  await waiveServed()
  expect(await refusals()).toEqual([
    expect.stringContaining('3 rejected events of the month (client_missing, such as 1:0)'),
    'standing rule strangers speaks of 3 rejected events of 2026-10 and may waive 2 at most: its number a month; ' +
      'so it waives none: see forbruk rejected list --month 2026-10, then forbruk rejected replay or waive',
  ])
  const forced = await close({ force: { reason: 'seen' } })
  expect(forced).toMatchObject({ ruled: [], rejected: [{ waived: 1, ruled: 0, open: 3 }] })
})

test('a share is of the requests that were counted in the month', async () => {
  await waiveServed()
  // 500 044 requests.
  await add({ eventsMax: null, sharePercentMax: '0.0005' })
  expect((await refusals())[1]).toContain('2 at most: 0.0005 % of the 500 044 requests of the month')
  await end('2026-09')
  await add({ name: 'wider', eventsMax: null, sharePercentMax: '0.0006' })
  expect(await close()).toMatchObject({ ruled: [{ rule: 'wider', events: 3, eventsMax: 3 }] })
})

test.each([
  ['before its first month', { fromMonth: '2026-11' }, null],
  ['after its last', { fromMonth: '2026-01', untilMonth: '2026-09' }, null],
  ['after it was ended', { fromMonth: '2026-01' }, '2026-09'],
  ['of a source that it does not name', { source: 'gw2' }, null],
  ['of a format that it does not name', { format: 'combined' }, null],
])('it holds for nothing %s', async (_, words, until) => {
  await waiveServed()
  await add(words)
  if (until !== null) await end(until)
  expect(await refusals()).toHaveLength(1)
})

test('rules are added and ended once, never changed, and named for ever', async () => {
  const added = await add()
  expect(await add()).toEqual(added)
  await expect(add({ eventsMax: 9 })).rejects.toThrow(
    'rule strangers: kari added another one of this name at 2026-',
  )
  await expect(end('2026-12', 'nobody')).rejects.toThrow(
    'no standing rule has the name nobody; there are strangers',
  )
  const ended: StandingRule = await end('2026-12')
  expect(await end('2026-12')).toEqual(ended)
  await expect(end('2026-11')).rejects.toThrow('rule strangers: ola ended it with 2026-12 at 2026-')
  await expect(add({ eventsMax: 9 })).rejects.toThrow('end it, and take a new name')
  const listed = await readRules(place().store, TOPIC)
  expect(listed).toMatchObject([{ ...STRANGERS, ended: { untilMonth: '2026-12', actor: 'ola' } }])
})
