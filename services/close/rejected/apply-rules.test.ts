import { type StandingRule, standingRuleShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyRules, type RejectedGroup } from './apply-rules.ts'

const rule = (changes: Partial<StandingRule> = {}): StandingRule =>
  standingRuleShape.parse({
    ...{ name: 'strangers', reasonCode: 'client_missing', statuses: [401, 403], eventsMax: 1_000 },
    ...{
      fromMonth: '2026-01',
      reason: 'no key',
      actor: 'kari',
      addedAt: '2026-01-01T00:00:00.000Z',
      ended: null,
    },
    ...changes,
  })
const group = (changes: Partial<RejectedGroup> = {}): RejectedGroup => ({
  ...{
    reason: 'client_missing',
    status: 401,
    source: 'gw1',
    isLate: false,
    events: 40,
    waived: 0,
    mended: 0,
    mending: 0,
  },
  ...{ open: 40, example: '0:12' },
  ...changes,
})
const formats = new Map([
  ['gw1', 'nginx-json'],
  ['gw2', 'combined'],
])
type Facts = Partial<Parameters<typeof applyRules>[1]>
const apply = (groups: RejectedGroup[], facts: Facts = {}) =>
  applyRules(groups, { rules: [rule()], formats, waivedBefore: [], requests: 0n, ...facts })
const openAfter = (groups: RejectedGroup[], rules: StandingRule[]) =>
  apply(groups, { rules }).rejected.reduce((sum, each) => sum + each.open, 0)

test('what it waives is told by rule, and is open no more', () => {
  const settled = {
    ...group({ status: 200, events: 9, waived: 4, mended: 3, mending: 2, open: 0, example: null }),
  }
  expect(apply([group(), group({ status: 403, source: 'gw2', events: 2, open: 2 }), settled])).toEqual({
    rejected: [
      {
        ...{ reason: 'client_missing', events: 51, waived: 46, ruled: 42, mended: 3, mending: 2, open: 0 },
        example: null,
      },
    ],
    ruled: [
      {
        ...{ rule: 'strangers', reason: 'no key', actor: 'kari', events: 42, late: 0, eventsMax: 1_000 },
        bound: { kind: 'number' },
      },
    ],
  })
})

test.each([
  ['another reason', { reason: 'client_invalid' }, {}],
  ['another status', { status: 200 }, {}],
  ['a status that is not known', { status: null }, {}],
  ['another source', {}, { source: 'gw2' }],
  ['another format', {}, { format: 'combined' }],
  ['a source whose format is not known', { source: '' }, { format: 'nginx-json' }],
])('it leaves %s alone', (_, event, words) => {
  const other = group(event)
  expect(openAfter([other], [rule(words)])).toBe(40)
})

test.each([
  ['any status', { statuses: [] }],
  ['the source', { source: 'gw1' }],
  ['the format', { format: 'nginx-json' }],
])('it can speak of %s', (_, words) => {
  expect(openAfter([group()], [rule(words)])).toBe(0)
})

describe('its bound', () => {
  const judged = (events: number, words: Partial<StandingRule>, facts: Facts = {}) => {
    const { rejected, ruled } = apply([group({ events, open: events })], { rules: [rule(words)], ...facts })
    return { open: rejected[0]?.open, eventsMax: ruled[0]?.eventsMax, bound: ruled[0]?.bound.kind }
  }

  test('is a number a month: with one more it waives none at all', () => {
    expect(judged(1_000, {})).toEqual({ open: 0, eventsMax: 1_000, bound: 'number' })
    expect(judged(1_001, {})).toEqual({ open: 1_001, eventsMax: 1_000, bound: 'number' })
  })

  test('or a share of what was counted in the month, whole events, exact above 2^53', () => {
    const words = { eventsMax: null, sharePercentMax: '0.5' }
    expect(judged(5, words, { requests: 1_199n })).toEqual({ open: 0, eventsMax: 5, bound: 'share' })
    expect(judged(6, words, { requests: 1_199n })).toEqual({ open: 6, eventsMax: 5, bound: 'share' })
    expect(judged(1, words, { requests: 0n })).toMatchObject({ open: 1, eventsMax: 0 })
    expect(judged(1, { ...words, sharePercentMax: '0.000001' }, { requests: 2n ** 60n })).toMatchObject({
      eventsMax: 11_529_215_046,
    })
  })

  test('or the narrower of both', () => {
    expect(judged(1, { sharePercentMax: '1' }, { requests: 1_000n })).toMatchObject({ eventsMax: 10 })
    expect(judged(1, { sharePercentMax: '1' }, { requests: 900_000n })).toMatchObject({ eventsMax: 1_000 })
  })

  test('and three times the most that it waived in the months before, of which a handful is always usual', () => {
    const words = { eventsMax: 100_000 }
    const before = (...events: number[]) => ({
      waivedBefore: events.map((each, index) => ({
        rule: 'strangers',
        month: `2026-0${index + 1}`,
        events: each,
      })),
    })
    expect(judged(600, words, before(120, 200, 90))).toEqual({ open: 0, eventsMax: 600, bound: 'growth' })
    expect(judged(601, words, before(120, 200, 90))).toEqual({ open: 601, eventsMax: 600, bound: 'growth' })
    expect(judged(101, words, before(0, 0, 0))).toEqual({ open: 101, eventsMax: 100, bound: 'growth' })
    expect(judged(100, words, before(2))).toEqual({ open: 0, eventsMax: 100, bound: 'growth' })
    expect(judged(101, words, before(2))).toEqual({ open: 101, eventsMax: 100, bound: 'growth' })
    expect(judged(99_999, words, before())).toMatchObject({ open: 0, bound: 'number' })
    const ofAnother = { waivedBefore: [{ rule: 'scanners', month: '2026-01', events: 1 }] }
    expect(judged(99_999, words, ofAnother)).toMatchObject({ open: 0, bound: 'number' })
  })
})

test('what came after the month goes with the rest, and is bounded in the month in which it came', () => {
  const late = group({ isLate: true, events: 5_000, open: 5_000 })
  expect(apply([group(), late])).toMatchObject({
    rejected: [{ ruled: 5_040, open: 0 }],
    ruled: [{ events: 40, late: 5_000, eventsMax: 1_000 }],
  })
  expect(apply([late])).toMatchObject({ rejected: [{ open: 0 }], ruled: [{ events: 0, late: 5_000 }] })
  const tooMany = group({ events: 1_001, open: 1_001 })
  expect(apply([tooMany, late])).toMatchObject({ rejected: [{ open: 6_001 }], ruled: [{ events: 1_001 }] })
})

test('the oldest rule that speaks of an event takes it, and no other steps in when it is too much', () => {
  const rules = [rule({ name: 'old', eventsMax: 10 }), rule({ name: 'new' })]
  expect(apply([group()], { rules })).toMatchObject({
    rejected: [{ open: 40, waived: 0 }],
    ruled: [{ rule: 'old', events: 40, eventsMax: 10 }],
  })
})

test('whatever the rules, every event stays accounted for, and a rule waives all it speaks of or nothing', () => {
  const groups = fc.array(
    fc.record({ status: fc.constantFrom(401, 403, 404, null), open: fc.nat(300), waived: fc.nat(9) }),
    { maxLength: 8 },
  )
  const rules = fc.array(
    fc.record({ status: fc.constantFrom(401, 403, 404), eventsMax: fc.integer({ min: 1, max: 400 }) }),
    {
      maxLength: 4,
    },
  )
  fc.assert(
    fc.property(groups, rules, (drawn, words) => {
      const before = drawn.map(each => group({ ...each, events: each.open + each.waived }))
      const standing = words.map(({ status, eventsMax }, index) =>
        rule({ name: `r${index}`, statuses: [status], eventsMax }),
      )
      const { rejected, ruled } = apply(before, { rules: standing })
      const after = rejected[0] ?? { events: 0, waived: 0, open: 0, ruled: 0 }
      expect(after.events).toBe(before.reduce((sum, each) => sum + each.events, 0))
      expect(after.waived + after.open).toBe(after.events)
      const within = ruled.filter(each => each.events <= each.eventsMax)
      expect(after.ruled).toBe(within.reduce((sum, each) => sum + each.events, 0))
      expect(ruled.reduce((sum, each) => sum + each.events, 0)).toBeLessThanOrEqual(after.ruled + after.open)
    }),
  )
})
