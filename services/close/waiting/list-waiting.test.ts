import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import type { CloseSchedule } from '../schedule/plan-closes.ts'
import { placeAnnouncements } from '../statements/place-announcements.ts'
import { listWaiting, type WaitingFacts } from './list-waiting.ts'

const NOW = '2027-01-20T00:00:00Z'
const BY_PEOPLE: CloseSchedule = { expression: null, timeZone: 'Europe/Oslo', from: null }
const NOTHING: WaitingFacts = {
  uncounted: null,
  schedule: BY_PEOPLE,
  firstAppendTimeMs: Date.parse('2026-09-15T00:00:00Z'),
  closedMonths: new Set(['2026-09', '2026-10', '2026-11', '2026-12']),
  closes: [],
  sources: [],
  announcements: [],
  cases: [],
}
const list = (facts: Partial<WaitingFacts> = {}, now = NOW) =>
  listWaiting({ ...NOTHING, ...facts }, Date.parse(now))
const openMonths = (facts: Partial<WaitingFacts>, now = NOW) => list(facts, now).map(({ month }) => month)
const CLOSED = { month: '2026-10', revision: 2, hasLaterUsage: false, exceptions: [], changedInputs: [] }
const months = (...names: string[]) => new Set(names)

test('nothing waits where every ended month is closed, and nothing is known of any', () => {
  expect(list()).toEqual([])
  expect(list({ firstAppendTimeMs: null, closedMonths: months() })).toEqual([])
})

test('a month waits from the end of its grace until it is closed', () => {
  const closedMonths = months('2026-09')
  expect(openMonths({ closedMonths }, '2026-11-01T22:59:59Z')).toEqual([])
  expect(list({ closedMonths }, '2026-11-01T23:00:00Z')).toEqual([
    {
      ...{ kind: 'month_open', month: '2026-10', detail: '2026-10 is over and not closed' },
      todo: 'forbruk close 2026-10; with --dry-run it says what is missing',
    },
  ])
  expect(openMonths({ closedMonths: months('2026-09', '2026-11') })).toEqual(['2026-10', '2026-12'])
})

test('from the month on that somebody asked for', () => {
  expect(openMonths({ closedMonths: months() })).toEqual(['2026-09', '2026-10', '2026-11', '2026-12'])
  expect(openMonths({ closedMonths: months('2026-11') })).toEqual(['2026-12'])
  const schedule = { ...BY_PEOPLE, from: parseBillingPeriod('2026-11') }
  expect(openMonths({ closedMonths: months(), schedule })).toEqual(['2026-11', '2026-12'])
  const late = Date.parse('2026-12-31T22:59:59Z')
  expect(openMonths({ closedMonths: months(), firstAppendTimeMs: late })).toEqual(['2026-12'])
})

test('what a close charged to nobody is told by kind, with how much it is, and what to do', () => {
  const month = '2026-10'
  const one = {
    month,
    exception: 'unknown_client',
    exceptions: 1,
    requests: '3',
    bytes: '120000000000',
  } as const
  const many = { month, exception: 'not_activated', exceptions: 40, requests: '1200', bytes: '5' } as const
  const exceptions = [
    { ...one, clientId: 'acme' },
    { ...many, clientId: 'firma' },
  ]
  const told = list({ closes: [{ ...CLOSED, exceptions }] })
  expect(told.map(({ detail, todo }) => [detail, todo])).toEqual([
    [
      '2026-10 r2 charges nobody for 3 requests and 120 000 000 000 bytes ' +
        'by clients that the registry does not know, by acme',
      'correct the registry (forbruk registry import DIR --valid-from 2026-10), ' +
        'then forbruk close 2026-10 --dry-run, which names the difference that --accept takes',
    ],
    [
      '2026-10 r2 charges nobody for 1 200 requests and 5 bytes through integrations that were not active, ' +
        'the most of 40 by firma',
      'correct the registry (forbruk registry import DIR --valid-from 2026-10), ' +
        'then forbruk close 2026-10 --dry-run, which names the difference that --accept takes',
    ],
  ])
})

test('later usage, decisions on no statement, and overage that is gone are told by month, oldest first', () => {
  const open = { clientName: 'Firma AS', state: 'open', notOnStatement: [], withoutOverage: [] } as const
  const cases = ['d', 'c', 'b', 'a'].map(client => {
    return { ...open, caseId: `${client}/2026-09`, notOnStatement: ['2026-09'] } as const
  })
  const vanished = { ...open, caseId: 'firma/2026-11', withoutOverage: ['2026-11'] }
  const closes = [{ ...CLOSED, hasLaterUsage: true }]
  expect(list({ closes, cases: [vanished, ...cases] }).map(({ detail, todo }) => [detail, todo])).toEqual([
    [
      '2026-09: what was decided in a/2026-09, b/2026-09, c/2026-09, 1 more is on no statement yet',
      'forbruk close 2026-09',
    ],
    [
      'usage of 2026-10 was counted after r2 was closed',
      'forbruk close 2026-10; with --dry-run it says what that changes',
    ],
    [
      'case firma/2026-11 of Firma AS is open, and 2026-11 has no overage any more',
      "forbruk case decide firma/2026-11 waive --month 2026-11 --note 'there is no overage any more'",
    ],
  ])
})

test('what waits for approval, and what was closed by other inputs than hold now', () => {
  const recorded = { month: '2026-09', contentHash: '0123456789abcdef', approvedBy: null, isAnnounced: false }
  const announcements = placeAnnouncements([
    { ...recorded, revision: 1, announce: 'after-approval' },
    { ...recorded, revision: 2, announce: 'immediately' },
    { ...recorded, month: '2026-10', revision: 1, announce: 'immediately' },
  ])
  const closes = [{ ...CLOSED, changedInputs: ['registry', 'tariff'] as const }]
  expect(list({ announcements, closes })).toEqual([
    {
      ...{ kind: 'approval', month: '2026-09', revisions: [1, 2], approve: 'r2:0123456789ab' },
      detail: '2026-09 r1, r2: not announced before a person approves it',
      todo:
        'forbruk statements list 2026-09, ' +
        'then forbruk statements announce 2026-09 --approve r2:0123456789ab',
    },
    {
      ...{ kind: 'inputs_changed', month: '2026-10', revision: 2, causes: ['registry', 'tariff'] },
      detail: '2026-10 r2 was closed by another registry and tariff than holds for it now',
      todo: 'forbruk close 2026-10 --dry-run, which names the difference that --accept takes',
    },
  ])
})

test('partitions that nobody agreed to count', () => {
  expect(list({ uncounted: { counted: 6, partitions: 8 } })).toMatchObject([
    {
      kind: 'partitions_uncounted',
      detail: 'the topic has 8 partitions, and only the first 6 are counted',
      todo: expect.stringContaining('forbruk stream grow'),
    },
  ])
})

test('what stands in the way of a source, by the month that it holds up, until the source is retired', () => {
  const listed = [{ reason: 'gone', path: '/log/a.log', sinceMs: Date.parse('2026-11-03T04:00:00Z') }]
  const gw1 = {
    source: 'gw1',
    throughMs: Date.parse('2026-10-31T23:30:00Z'),
    obstacles: { total: 1, listed },
  }
  const open = { ...gw1, retired: null }
  expect(list({ sources: [open] })).toEqual([
    {
      ...{ kind: 'source_obstructed', month: '2026-11', source: 'gw1', obstacles: gw1.obstacles },
      detail:
        'source gw1 is not complete from 2026-11 on, because of /log/a.log (gone since 2026-11-03T04:00:00Z)',
      todo: 'mend it on its host, or give it up there: forbruk source accept-loss gw1 FILE --reason TEXT',
    },
  ])
  expect(openMonths({ sources: [{ ...open, throughMs: null }] })).toEqual(['2026-11'])
  expect(list({ sources: [{ ...open, obstacles: { total: 0, listed: [] } }] })).toEqual([])
  expect(list({ sources: [{ ...gw1, retired: { reason: 'gone', missing: 0 } }] })).toEqual([])
})
