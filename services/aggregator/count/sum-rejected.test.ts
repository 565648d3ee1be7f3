import { describe, expect, test } from 'vitest'
import { OCTOBER_MS, record } from '../../../test/support/aggregator/fold-records.ts'
import type { RejectedEvent } from './describe-rejected.ts'
import { sumRejected } from './sum-rejected.ts'

const event = (eventIndex: number, fields: Partial<RejectedEvent> = {}): RejectedEvent => ({
  ...{ eventIndex, eventTimeMs: null, reason: 'event_malformed', detail: 'wrong', source: '', file: '' },
  ...{ position: null, ...fields },
})
const RECORD = record(7, Buffer.from('[{}]'))
const many = (count: number, fields: (index: number) => Partial<RejectedEvent> = () => ({})) =>
  Array.from({ length: count }, (_, index) => event(index, fields(index)))
const sums = (events: readonly RejectedEvent[]) => sumRejected(RECORD, events, null, true).slice(16)

describe('the rows of a record', () => {
  test('are one for each event while they are few', () => {
    expect(sumRejected(RECORD, many(16), null, true)).toMatchObject(
      many(16).map(each => ({ ...each, offset: 7, events: 1, eventsOfSources: 0, excerpt: 'JSON: [{}]' })),
    )
    // The seventeenth is a sum of one, which is the event itself.
    expect(sums(many(17))).toMatchObject([event(16)])
  })

  test('name a source that all of a sum have, and how many have any', () => {
    expect(sums(many(20, () => ({ source: 'gw', file: 'f', position: 1 })))).toMatchObject([
      { source: 'gw', file: 'f', position: null, events: 4, eventsOfSources: 4 },
    ])
    expect(sums(many(20, index => ({ source: index < 18 ? 'gw' : '' })))).toMatchObject([
      { source: '', file: '', events: 4, eventsOfSources: 2 },
    ])
  })

  test('span the times of a sum, so that no month closes over one of them', () => {
    const times = many(19, index => ({ reason: 'time_too_old', eventTimeMs: OCTOBER_MS - index }))
    expect(sums(times)).toMatchObject([
      { eventTimeMs: OCTOBER_MS - 18, eventTimeLastMs: OCTOBER_MS - 16, events: 3 },
    ])
    expect(sums(many(19))).toMatchObject([{ eventTimeMs: null, eventTimeLastMs: null }])
  })

  test('are at most as many as there are reasons and statuses', () => {
    const details = many(10_000, index => ({
      detail: `the status is ${100 + (index % 500)}`,
      source: `s${index}`,
    }))
    const rows = sumRejected(RECORD, details, null, true)
    expect(rows.length).toBe(16 + 500)
    expect(rows.reduce((total, { events }) => total + events, 0)).toBe(10_000)
    expect(rows.reduce((total, { eventsOfSources }) => total + eventsOfSources, 0)).toBe(10_000)
  })
})
