import type { Store } from '@forbruk/infra/store/store.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { beforeEach, expect, test } from 'vitest'
import { OCTOBER, useInstallation } from '../../../test/support/close/close-october.ts'
import { appendRecords, flushBlock, TOPIC } from '../../../test/support/close/counted-month.ts'
import { beforeInsert, beforeNthInsert, failingInsert } from '../../../test/support/close/disturbed-store.ts'
import { compactRejected } from './compact-rejected.ts'
import { parseCoordinates } from './coordinates.ts'
import { replayRejected } from './replay-rejected.ts'
import { waiveRejected } from './waive-rejected.ts'

const { place, close, rows, countAll } = useInstallation()
const clock = () => place().clock.nowMs
const FIRST = parseCoordinates('1:0')
const by = { reason: 'garbage', actor: 'kari', clock }

/** In partition 1 a block with ten events that are open and alike, whose months are closed over them; then another. */
beforeEach(async () => {
  place().clock.nowMs = Date.parse('2026-10-15T12:00:00Z')
  await appendRecords(place().log, 1, 9)
  await countAll()
  await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 8, uses: [] })
  await flushBlock(place().store, { partition: 1, block: 1, nextOffset: 9, uses: [] })
  await place().store.insert(
    'rejected_event',
    Array.from({ length: 10 }, (_, index) => ({
      ...{ stream: TOPIC, partition: 1, offset: 0, event_index: index, block: 0 },
      ...{ append_time: '2026-10-15T12:10:00Z', reason: 'client_missing', detail: 'client_id is missing' },
      ...{ source: 'gw1', file: 'access.log', position: index, excerpt: 'JSON: {9}', record_bytes: 5 },
    })),
  )
  await close({ force: { reason: 'hurry' } })
  await close({ period: parseBillingPeriod('2026-09'), force: { reason: 'hurry' } })
})

const compact = (store = place().store) =>
  compactRejected({
    ...{ store, stream: TOPIC, timeZone: 'Europe/Oslo', isTrial: false, clock },
    keeping: { monthsMax: 99, rowsMax: 0 },
  })
const waive = (store = place().store) => waiveRejected({ store, stream: TOPIC, selection: [FIRST], ...by })
const request = {
  ...{ clientId: 'firma', integrationId: 'shop', timeMs: Date.parse('2026-10-15T12:05:00Z') },
  ...{ status: 200, requestBytes: 1, responseBytes: 1 },
}
const mend = (store = place().store) =>
  replayRejected({
    ...{ store, log: place().log, mends: [{ at: FIRST, mend: { kind: 'request', request } }], ...by },
    formatOf: source => {
      throw new Error(`no line of ${source} is read here`)
    },
  })
const states = async () =>
  Object.fromEntries(
    (await rows('SELECT state, toUInt32(sum(events)) AS n FROM rejected_events GROUP BY state')).map(
      ({ state, n }) => [String(state), n],
    ),
  )

// Before it has begun, before its sums, and before these hold.
test.each([1, 2, 3])('a waiver before write %i is of its event alone, though it stands first', async step => {
  await compact(beforeNthInsert(place().store, step, async () => void (await waive())))
  expect(await states()).toEqual({ waived: 1, open: 9 })
  await compact()
  expect(await states()).toEqual({ waived: 1, open: 9 })
  expect(await rows('SELECT event_index FROM rejected_event')).toEqual([])
})

test.each([2, 3])('so is one whose process is killed after it, before write %i', async step => {
  const killed = async () => {
    await expect(waive(failingInsert(place().store, 2))).rejects.toThrow('the power went')
  }
  await compact(beforeNthInsert(place().store, step, killed))
  expect(await states()).toEqual({ waived: 1, open: 9 })
  await compact()
  expect(await states()).toEqual({ waived: 1, open: 9 })
})

test.each([1, 2, 3])(
  'a mend before write %i is of its event alone, and keeps the block as it is',
  async step => {
    await compact(beforeNthInsert(place().store, step, async () => void (await mend())))
    expect(await states()).toEqual({ mending: 1, open: 9 })
    expect(await compact()).toMatchObject({ blocks: 0 })
    expect(await mend()).toEqual({ sent: 0, before: 1 })
    expect(await states()).toEqual({ mending: 1, open: 9 })
  },
)

test('once the sums hold, the single event is no more', async () => {
  const late = async () => {
    await expect(waive()).rejects.toThrow('no rejected event of gateway.requests stands at 1:0')
  }
  expect(await compact(beforeNthInsert(place().store, 4, late))).toMatchObject({ blocks: 1, sums: 1 })
  expect(await states()).toEqual({ open: 10 })
})

test('who looked before and writes after is refused, and nothing is sent', async () => {
  const { store, log } = place()
  const { endOffset } = await log.bounds(1)
  const meanwhile = async () => void (await compact())
  await expect(mend(beforeInsert(store, 'rejected_mend', meanwhile))).rejects.toThrow(
    '1:0 (1 in all) were added up meanwhile',
  )
  expect(await states()).toEqual({ open: 10 })
  expect((await log.bounds(1)).endOffset).toBe(endOffset)
  await expect(mend()).rejects.toThrow('no rejected event of gateway.requests stands at 1:0')
})

const waiveReason = (store: Store) =>
  waiveRejected({
    ...{ store, stream: TOPIC, ...by },
    selection: { reason: 'client_missing', statuses: [], range: periodRange(OCTOBER, 'Europe/Oslo') },
  })

test('a waiver by reason finds what was added up meanwhile', async () => {
  const meanwhile = async () => void (await compact())
  const late = beforeInsert(place().store, 'rejected_waiver', meanwhile)
  expect(await waiveReason(late)).toEqual({ waived: 10, before: 0, left: 0 })
  expect(await states()).toEqual({ waived: 10 })
})

test('and where it is told of folds again and again, it gives up and says what is left', async () => {
  const { store } = place()
  const kept = { stream: TOPIC, partition: 1, block: 0, turn: 2, step: 'kept', fold_id: 'x', words: 0 }
  const fold = { ...kept, rows_before: 10, rows: 1, events: 10, taken_at: '2026-10-15 12:00:00.000' }
  let words = 0
  const folding: Store = {
    ...store,
    async insert(table, values, options) {
      if (table === 'rejected_waiver') words += 1
      // Lost: what was said of a single event of a block that is kept holds for nothing.
      else await store.insert(table, values, options)
    },
    async query(sql, shape, params) {
      const isTurns = sql.includes('FROM rejected_fold') && sql.includes('LIMIT 1 BY')
      return isTurns ? shape.array().parse([fold]) : store.query(sql, shape, params)
    },
  }
  expect(await waiveReason(folding)).toEqual({ waived: 0, before: 0, left: 10 })
  expect(words).toBe(5)
  expect(await states()).toEqual({ open: 10 })
})

test('a waiver of single places that comes too late waives none of the others', async () => {
  const meanwhile = async () => void (await compact())
  const late = beforeInsert(place().store, 'rejected_waiver', meanwhile)
  await expect(waive(late)).rejects.toThrow('were added up meanwhile')
  expect(await states()).toEqual({ open: 10 })
})
