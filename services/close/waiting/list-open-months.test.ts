import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import type { CloseSchedule, PlanFacts } from '../schedule/plan-closes.ts'
import { describeFinding } from './describe-finding.ts'
import { listOpenMonths } from './list-open-months.ts'

const OSLO: CloseSchedule = { expression: '0 6 2 * *', timeZone: 'Europe/Oslo', from: null }
const from = (month: string): CloseSchedule => ({ ...OSLO, from: parseBillingPeriod(month) })
const closed = (...months: string[]) => ({ closedMonths: new Set(months) })
const open = (month: string) => ({ kind: 'month_open', month }) as const
const before = (month: string, previous: string) =>
  ({ kind: 'month_before_open', month, before: previous }) as const
const idle = (month: string, reason: 'before_log' | 'too_old') =>
  ({ kind: 'close_from_idle', month, reason }) as const
const first = (month: string) => ({ kind: 'no_first_month', month }) as const
const TEN = before('2026-10', '2026-09')

test.each<[string, ReturnType<typeof listOpenMonths>, Partial<PlanFacts>, CloseSchedule?, string?]>([
  ['nothing while all are closed', [], closed('2026-08', '2026-09', '2026-10')],
  ['not before the schedule has tried it', [], closed('2026-09'), OSLO, '2026-11-02T05:09:59Z'],
  ['what it has tried', [open('2026-10')], closed('2026-09'), OSLO, '2026-11-02T05:10:00Z'],
  ['each that waits for the one before it', [open('2026-09'), TEN], closed('2026-08')],
  [
    'of a gap, the months after it',
    [open('2026-09'), open('2026-11')],
    closed('2026-08', '2026-10'),
    OSLO,
    '2026-12-20T00:00:00Z',
  ],
  ['not what nobody asked for', [], closed('2026-10')],
  ['not what lies before the named month', [open('2026-10')], closed('2026-07'), from('2026-10')],
  ['the named month and what follows it', [open('2026-09'), TEN], closed(), from('2026-09')],
  ['where nobody made a beginning', [first('2026-08'), before('2026-09', '2026-08'), TEN], closed()],
  [
    'a first month from before the log',
    [idle('2026-07', 'before_log'), before('2026-08', '2026-07'), before('2026-09', '2026-08'), TEN],
    closed(),
    from('2026-07'),
  ],
  [
    'a first month of long ago',
    [idle('2025-10', 'too_old'), before('2026-10', '2026-09')],
    { firstAppendTimeMs: Date.parse('2026-10-15T00:00:00Z') },
    from('2025-10'),
  ],
  [
    'not once a person went on from there',
    [],
    closed('2026-07', '2026-08', '2026-09', '2026-10'),
    from('2026-07'),
  ],
  ['nothing before the log has anything', [], { firstAppendTimeMs: null }, from('2026-07')],
])(
  'what of the calendar waits for a person: %s',
  (_what, expected, facts, schedule = OSLO, now = '2026-11-20') => {
    const log = { firstAppendTimeMs: Date.parse('2026-08-15T00:00:00Z'), ...closed() }
    const found = listOpenMonths(schedule, { ...log, ...facts }, Date.parse(now))
    expect(found).toEqual(expected)
    for (const each of found.map(describeFinding)) {
      expect(each.detail).toContain(each.month)
      expect(each.todo).toMatch(/^forbruk /)
    }
  },
)
