import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import { placeAnnouncements } from '../statements/place-announcements.ts'
import { type HeldUpFacts, listHeldUp } from './list-held-up.ts'
import type { CloseSchedule } from './plan-closes.ts'

const OSLO: CloseSchedule = { expression: '0 6 2 * *', timeZone: 'Europe/Oslo', from: null }
const from = (month: string): CloseSchedule => ({ ...OSLO, from: parseBillingPeriod(month) })
const closed = (...months: string[]) => ({ closedMonths: new Set(months) })
const NOW = '2026-11-20T00:00:00Z'

function heldUp(facts: Partial<HeldUpFacts>, schedule: CloseSchedule | null = OSLO, now = NOW) {
  const log = { firstAppendTimeMs: Date.parse('2026-08-15T00:00:00Z') }
  const all = { ...log, ...closed(), announcements: [], changedInputs: [], ...facts }
  return listHeldUp(schedule, all, Date.parse(now)).map(({ detail, todo, ...cause }) => {
    expect(detail).toContain(cause.month)
    expect(todo).toMatch(/^forbruk /)
    return cause
  })
}

test.each<[string, ReturnType<typeof heldUp>, Partial<HeldUpFacts>, CloseSchedule?, string?]>([
  ['nothing while all are closed', [], closed('2026-08', '2026-09', '2026-10')],
  ['nothing for the month that is due itself', [], closed('2026-08', '2026-09')],
  ['a month that waits for the one before it', [before('2026-10', '2026-09')], closed('2026-08')],
  [
    'each of them',
    [before('2026-10', '2026-09'), before('2026-11', '2026-10')],
    closed('2026-08'),
    OSLO,
    '2026-12-20T00:00:00Z',
  ],
  ['not before its time', [], closed('2026-08'), OSLO, '2026-11-02T04:59:59Z'],
  ['not what nobody asked for', [], closed('2026-10')],
  ['not what lies before the named month', [], closed('2026-07'), from('2026-10')],
  ['the month that follows it', [before('2026-10', '2026-09')], closed(), from('2026-09')],
  ['where nobody made a beginning', [{ kind: 'no_first_month', month: '2026-08' }], closed()],
  ['a first month from before the log', [idle('2026-07', 'before_log')], closed(), from('2026-07')],
  ['a first month of long ago', [idle('2025-10', 'too_old')], { firstAppendTimeMs: 0 }, from('2025-10')],
  ['not once a person went on from there', [], closed('2026-07', '2026-08', '2026-09'), from('2026-07')],
  ['nothing before the log has anything', [], { firstAppendTimeMs: null }, from('2026-07')],
])('what the schedule leaves to a person: %s', (_what, expected, facts, schedule, now) => {
  expect(heldUp(facts, schedule, now)).toEqual(expected)
})

test('what waits for approval, and what was closed by other inputs, also without a schedule', () => {
  const recorded = { month: '2026-09', approvedBy: null, isAnnounced: false }
  const announcements = placeAnnouncements([
    { ...recorded, revision: 1, announce: 'after-approval' },
    { ...recorded, revision: 2, announce: 'immediately' },
    { ...recorded, month: '2026-10', revision: 1, announce: 'immediately' },
  ])
  const changed = { month: '2026-08', revision: 3, causes: ['registry', 'tariff'] } as const
  expect(heldUp({ announcements, changedInputs: [changed] }, null)).toEqual([
    { kind: 'approval', month: '2026-09', revisions: [1, 2] },
    { kind: 'inputs_changed', ...changed },
  ])
})

function before(month: string, open: string) {
  return { kind: 'month_before_open', month, before: open } as const
}
function idle(month: string, reason: 'before_log' | 'too_old') {
  return { kind: 'close_from_idle', month, reason } as const
}
