import { readSumsFrom } from '@forbruk/infra/ledger/blocks/blocks.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { beforeEach, expect, test } from 'vitest'
import { OCTOBER, useInstallation } from '../../../test/support/close/close-october.ts'
import { appendRecords, flushBlock, TOPIC } from '../../../test/support/close/counted-month.ts'
import { failingInsert } from '../../../test/support/close/disturbed-store.ts'
import { compactRejected } from './compact-rejected.ts'
import { countRejected } from './count-rejected.ts'
import { readRejected, readWaivers } from './read-rejected.ts'
import { waiveRejected } from './waive-rejected.ts'

const { place, close, rows, countAll } = useInstallation()
const clock = () => place().clock.nowMs
const RANGE = periodRange(OCTOBER, 'Europe/Oslo')
const ALL = { monthsMax: 99, rowsMax: 0 }

/** In partition 1 a block with sixty rejected events, of two hours, two sources and two statuses; then another. */
beforeEach(async () => {
  place().clock.nowMs = Date.parse('2026-10-15T12:00:00Z')
  await appendRecords(place().log, 1, 9)
  await countAll()
  await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 8, uses: [] })
  await flushBlock(place().store, { partition: 1, block: 1, nextOffset: 9, uses: [] })
  await place().store.insert(
    'rejected_event',
    Array.from({ length: 60 }, (_, index) => ({
      ...{ stream: TOPIC, partition: 1, offset: 0, event_index: index, block: 0 },
      append_time: index < 30 ? '2026-10-15T12:10:00Z' : '2026-10-15T13:10:00Z',
      ...{ reason: 'client_missing', detail: `client_id is missing; the status is ${index % 2 ? 200 : 401}` },
      source: index % 3 === 0 ? 'gw1' : 'gw2',
      ...{ file: 'access.log', position: index, excerpt: `JSON: {${index}}`, record_bytes: 5 },
    })),
  )
})

const compact = (store = place().store, keeping = ALL, isTrial = false) =>
  compactRejected({ store, stream: TOPIC, timeZone: 'Europe/Oslo', keeping, isTrial, clock })
const waiveAll = () =>
  waiveRejected({
    ...{ store: place().store, stream: TOPIC, reason: 'garbage', actor: 'kari', clock },
    selection: { reason: 'client_missing', statuses: [], range: RANGE },
  })
/** All that anybody asks of them, but for the single event. */
async function readAll() {
  const { store } = place()
  const { rejected } = await readRejected(store, { stream: TOPIC, month: '2026-10', range: RANGE }, [])
  const byHour = await rows(
    `SELECT partition, toString(toStartOfHour(append_time)) AS hour, reason, source, state,
         extract(detail, 'status is (\\\\d+)') AS status, toUInt32(sum(events)) AS n,
         toUInt32(sum(record_bytes)) AS bytes
     FROM rejected_events GROUP BY ALL ORDER BY ALL`,
  )
  return {
    rejected: rejected.map(({ example: _, ...counts }) => counts),
    byHour,
    sums: await readSumsFrom(store, { stream: TOPIC, partition: 1 }, 0),
    waivers: await readWaivers(store, TOPIC, RANGE),
    counted: await countRejected(store, TOPIC, null),
  }
}
const kept = () =>
  rows('SELECT (SELECT count() FROM rejected_event) AS single, (SELECT count() FROM rejected_sum) AS sums')

test('what nobody has settled is kept, however many there are', async () => {
  expect(await compact()).toEqual({ blocks: 0, rowsBefore: 60, rowsAfter: 60, sums: 0 })
})

test('what is settled is added up: gate, rules, waivers and the ledger find what they found before', async () => {
  await waiveAll()
  const before = await readAll()
  expect(before.byHour).toHaveLength(8)
  const trial = await compact(undefined, ALL, true)
  expect(trial).toEqual({ blocks: 1, rowsBefore: 60, rowsAfter: 0, sums: 8 })
  expect(await kept()).toEqual([{ single: '60', sums: '0' }])
  expect(await compact()).toEqual(trial)
  expect(await kept()).toEqual([{ single: '0', sums: '8' }])
  expect(await readAll()).toEqual(before)
  expect(await close()).toMatchObject({
    outcome: 'closed',
    rejected: [{ reason: 'client_missing', events: 60, waived: 60, open: 0 }],
    waivers: [{ reason: 'garbage', actor: 'kari', events: 60 }],
  })
  expect(await compact()).toMatchObject({ blocks: 0, rowsBefore: 0 })
  const [first] = await rows('SELECT detail, events FROM rejected_events ORDER BY event_index LIMIT 1')
  expect(first).toEqual({
    detail: '5 events of an hour; the first: client_id is missing; the status is 401',
    events: 5,
  })
})

test('killed at any step, none is there twice or not at all, and the next ends what was begun', async () => {
  await waiveAll()
  const before = await readAll()
  // At begun, sums, folded, kept, and kept again: each goes on where the one before was killed.
  for (const step of [1, 2, 2, 3, 1]) {
    await expect(compact(failingInsert(place().store, step))).rejects.toThrow('the power went')
    expect(await readAll()).toEqual(before)
  }
  await compact()
  expect(await readAll()).toEqual(before)
  // A process that had lost its turn writes its rows once more: they count for nothing, and go with the next.
  await place().store.insert('rejected_event', [
    {
      ...{ stream: TOPIC, partition: 1, offset: 0, event_index: 7, block: 0, reason: 'client_missing' },
      ...{ append_time: '2026-10-15T12:10:00Z', detail: '', source: '', file: '', position: null },
      ...{ excerpt: '', record_bytes: 5 },
    },
  ])
  expect(await readAll()).toEqual(before)
  await compact()
  expect((await kept())[0]).toMatchObject({ single: '0' })
})

test('what a closed month let go without a person is added up as it is: open, and held against a close', async () => {
  await close({ force: { reason: 'hurry' } })
  // The stream has usage of September, and what came in October may be of it.
  expect(await compact()).toMatchObject({ blocks: 0 })
  await close({ period: parseBillingPeriod('2026-09'), force: { reason: 'hurry' } })
  const before = await readAll()
  expect(before.rejected).toMatchObject([{ open: 60, waived: 0 }])
  expect(await compact()).toMatchObject({ blocks: 1, sums: 8 })
  expect(await readAll()).toEqual(before)
  await expect(close()).rejects.toThrow('60 rejected events of the month')
  expect(await waiveAll()).toEqual({ waived: 60, before: 0, left: 0 })
  expect(await close()).toMatchObject({ rejected: [{ events: 60, waived: 60, open: 0 }] })
})
