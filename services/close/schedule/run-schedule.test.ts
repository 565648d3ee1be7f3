import { pino } from 'pino'
import { expect, test } from 'vitest'
import { CloseRefusedError } from '../gate/refusal.ts'
import { planCloses } from './plan-closes.ts'
import { runSchedule } from './run-schedule.ts'

const SCHEDULE = { expression: '0 6 2 * *', timeZone: 'Europe/Oslo', from: null }
const MINUTE_MS = 60_000

const UNCHARGED = [
  { requests: '3', bytes: '120000000000' },
  { requests: '40', bytes: '1' },
]
const RULED = { rule: 'strangers', events: 120, eventsMax: 450 }

type Attempt = 'done' | 'refused' | 'failed'

/** Runs the schedule by a clock that only sleeping moves on, and answers what was tried when. */
async function runFor(options: {
  from: string
  checks: number
  /** How long the machine sleeps at that check, instead of a minute. */
  asleepMs?: Readonly<Record<number, number>>
  answer?: (attempt: number, month: string) => Attempt
  planFailsAt?: number
}) {
  const { checks, asleepMs = {}, answer = () => 'done', planFailsAt = -1 } = options
  const stop = new AbortController()
  const closed = new Set(['2026-08'])
  const tried: string[] = []
  const logged: string[] = []
  let nowMs = Date.parse(options.from)
  let check = 0
  let running = 0
  await runSchedule({
    async plan(now) {
      if (check === planFailsAt) throw new Error('the store is away')
      const firstAppendTimeMs = Date.parse('2026-08-15T00:00:00Z')
      const facts = { firstAppendTimeMs, closedMonths: closed }
      return { closes: planCloses(SCHEDULE, facts, now), announcements: [] }
    },
    async close({ month }) {
      running += 1
      expect(running).toBe(1)
      tried.push(`${month} at ${new Date(nowMs).toISOString().slice(0, 16)}`)
      await Promise.resolve()
      running -= 1
      const outcome = answer(tried.length, month)
      if (outcome === 'refused') throw new CloseRefusedError(month, [{ kind: 'registry_missing' }])
      if (outcome === 'failed') throw new Error('the power went')
      closed.add(month)
      const summary = { statements: 0, payableNok: '0', proposedNok: '0' }
      return {
        result: { month, outcome: 'closed', revision: 1, summary, ruled: [RULED], exceptions: UNCHARGED },
        announced: 0,
        waiting: [],
      } as never
    },
    announce: async () => 0,
    clock: () => nowMs,
    async sleep(ms) {
      expect(ms).toBe(MINUTE_MS)
      nowMs += asleepMs[check] ?? ms
      check += 1
      if (check >= checks) stop.abort()
    },
    signal: stop.signal,
    logger: pino({ level: 'info' }, { write: line => void logged.push(line) }),
  })
  return { tried, logged: logged.join('') }
}

test('a month is closed once, at its time', async () => {
  const { tried } = await runFor({ from: '2026-10-02T03:55:00Z', checks: 100 })
  expect(tried).toEqual(['2026-09 at 2026-10-02T04:00'])
})

test('the log of a close that nobody asked for has what it let go, and what it charged to nobody', async () => {
  const { logged } = await runFor({ from: '2026-10-02T04:00:00Z', checks: 1 })
  expect(JSON.parse(logged)).toMatchObject({
    ...{ msg: 'month closed', month: '2026-09', waivedByRule: [RULED] },
    ...{ exceptions: 2, requestsNotCharged: '43', bytesNotCharged: '120000000001' },
  })
})

test('what was due while nothing ran is closed from the start on, one month a minute', async () => {
  const { tried } = await runFor({ from: '2026-12-20T10:00:00Z', checks: 3 })
  expect(tried).toEqual([
    '2026-09 at 2026-12-20T10:00',
    '2026-10 at 2026-12-20T10:01',
    '2026-11 at 2026-12-20T10:02',
  ])
})

test('what was due while the machine slept is closed when it wakes', async () => {
  const { tried } = await runFor({
    from: '2026-10-01T20:00:00Z',
    checks: 5,
    asleepMs: { 1: 40 * 24 * 60 * MINUTE_MS },
  })
  expect(tried).toEqual(['2026-09 at 2026-11-10T20:01', '2026-10 at 2026-11-10T20:02'])
})

test('a refused close is told of with what is missing, tried again, and the next month waits for it', async () => {
  const { tried, logged } = await runFor({
    from: '2026-11-02T05:00:00Z',
    checks: 70,
    answer: attempt => (attempt < 3 ? 'refused' : 'done'),
  })
  const retryMinutes = 30
  expect(tried).toEqual([
    '2026-09 at 2026-11-02T05:00',
    `2026-09 at 2026-11-02T05:${retryMinutes}`,
    '2026-09 at 2026-11-02T06:00',
    '2026-10 at 2026-11-02T06:01',
  ])
  expect(logged).toContain('"missing":["no registry holds in the month')
})

test('nothing that fails ends it', async () => {
  const { tried, logged } = await runFor({
    from: '2026-10-02T03:59:00Z',
    checks: 60,
    planFailsAt: 1,
    answer: attempt => (attempt === 1 ? 'failed' : 'done'),
  })
  expect(tried).toEqual(['2026-09 at 2026-10-02T04:01', '2026-09 at 2026-10-02T04:31'])
  expect(logged).toContain('the store is away')
  expect(logged).toContain('the power went')
})
