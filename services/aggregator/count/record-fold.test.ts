import { encodeMark, encodeStreamLimits, encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import { describe, expect, test } from 'vitest'
import {
  DAY_MS,
  deliver,
  newFold,
  OCTOBER_MS,
  record,
  request,
  take,
} from '../../../test/support/aggregator/fold-records.ts'
import { signAsStranger, TEST_KEY } from '../../../test/support/aggregator/stream-key.ts'
import { DEFAULT_GEOMETRY, UNSIGNED_VERSION } from './block.ts'

const PLACE = { stream: 't', partition: 0 }
const FIRST_RULES = { ...DEFAULT_GEOMETRY, foldVersion: 1, pastMaxMs: null, aheadMaxMs: null }

/** The rows that the values of records from offset 0 on give. */
function fold(values: readonly (Buffer | null)[], geometry = DEFAULT_GEOMETRY) {
  const partition = newFold({ geometry })
  deliver(
    partition,
    values.map((value, offset) => record(offset, value)),
  )
  return take(partition)
}

describe('a record', () => {
  test('that is rejected is kept with its coordinates, and never its query string', () => {
    const value = Buffer.from('{"client_id":"a","path":"/v1?apikey=hush"}')
    const partition = newFold()
    deliver(partition, [record(9, value)])
    const [row] = take(partition)?.rejected ?? []
    expect(row).toMatchObject({
      offset: 9,
      eventIndex: 0,
      reason: 'event_malformed',
      recordBytes: value.length,
    })
    expect(JSON.stringify(row)).not.toContain('hush')
  })

  test('with several events has each counted, and the one that is wrong named', () => {
    const event = { client_id: 'a', time: OCTOBER_MS, status: 200, request_bytes: 1, response_bytes: 2 }
    const rows = fold([Buffer.from(JSON.stringify([event, { ...event, status: 9000 }, event]))])
    expect(rows?.ledger[0]).toMatchObject({ records: 1, events: 3, requests: 2, rejected: 1 })
    expect(rows?.rejected[0]).toMatchObject({ eventIndex: 1, reason: 'status_invalid' })
  })

  test('with very many events that are wrong has few rows, which add up to all of them', () => {
    const event = { client_id: '', time: OCTOBER_MS, status: 401, request_bytes: 1, response_bytes: 2 }
    const events = [...Array(5_000).keys()].map(at => ({ ...event, status: at % 2 === 0 ? 401 : 403 }))
    const value = Buffer.from(JSON.stringify([...events, ...Array(5_000).fill({})]))
    const rows = fold([value])
    expect(rows?.ledger[0]).toMatchObject({ records: 1, events: 10_000, rejected: 10_000 })
    expect(rows?.rejected.slice(16).map(row => [row.eventIndex, row.reason, row.events, row.detail])).toEqual(
      [
        [
          16,
          'client_missing',
          2_492,
          '2492 events of the record, up to [4998]; the first: the client is empty; the status is 401',
        ],
        [
          17,
          'client_missing',
          2_492,
          '2492 events of the record, up to [4999]; the first: the client is empty; the status is 403',
        ],
        [
          5_000,
          'event_malformed',
          5_000,
          expect.stringMatching(/^5000 events of the record, up to \[9999\]; /),
        ],
      ],
    )
    const sum = rows?.rejected.reduce((total, row) => total + row.events, 0)
    expect(sum).toBe(10_000)
    expect(new Set(rows?.rejected.map(row => row.excerpt)).size).toBe(1)
  })

  test('has a row of each of them in a block of an older fold version, as it had when that was counted', () => {
    const rows = fold([Buffer.from(JSON.stringify(Array(100).fill({})))], {
      ...DEFAULT_GEOMETRY,
      foldVersion: 2,
    })
    expect(rows?.ledger[0]).toMatchObject({ rejected: 100 })
    expect(rows?.rejected.map(row => row.events)).toEqual(Array(100).fill(1))
  })

  test("with a source's mark is held against what arrived", () => {
    const at = (position: number) => request({ identity: { kind: 'position', file: 'f', position } })
    const mark = encodeMark({
      kind: 'mark',
      source: 'gw',
      file: 'f',
      position: 300,
      eventsTotal: 3,
      throughMs: OCTOBER_MS,
      format: 'nginx-json',
    })
    expect(fold([at(0), at(100), at(0), mark])?.sources).toMatchObject([
      { events: 2, duplicates: 1, markEventsTotal: 3, eventsAtMark: 2, highPosition: 100 },
    ])
  })

  describe('with a mark that tells of obstacles', () => {
    const listed = [{ reason: 'gone', path: '/log/a.log', sinceMs: OCTOBER_MS }]
    const plain = {
      kind: 'mark',
      ...{ source: 'gw', file: 'f', position: 300, eventsTotal: 0, throughMs: OCTOBER_MS },
      format: 'combined',
    } as const
    const told = encodeMark({ ...plain, obstacles: { total: 1, listed } })
    const ofSource = (values: readonly Buffer[]) =>
      fold(values)?.sources.filter(({ file }) => file === '') ?? []

    test('keeps what the newest one of the source says, whatever file it speaks of', () => {
      const other = encodeMark({ ...plain, file: 'g' })
      expect(ofSource([told])).toMatchObject([
        { source: 'gw', obstacles: listed, obstaclesTotal: 1, marks: 0, events: 0, throughMs: null },
      ])
      expect(ofSource([told, other])).toMatchObject([{ obstacles: [], obstaclesTotal: 0 }])
      expect(ofSource([other, told])).toMatchObject([{ obstaclesTotal: 1 }])
      expect(ofSource([other])).toEqual([])
    })

    test('gives a source that has shipped nothing its first row, and its events stay apart', () => {
      const none = encodeMark({ ...plain, file: '', position: 0, obstacles: { total: 1, listed } })
      expect(ofSource([request({ source: 'gw' }), none])).toMatchObject([
        {
          events: 1,
          marks: 1,
          eventsAtMark: 0,
          markEventsTotal: 0,
          obstacles: listed,
          throughMs: OCTOBER_MS,
        },
      ])
    })

    test('rejects it by the rules before, as the release that had them', () => {
      const instance = { id: '0a0a0a0a', host: 'gw-1', run: '0b0b0b0b', sequence: 1, wasUnnamed: false }
      const named = encodeMark({ ...plain, instance })
      const before = [
        [told, FIRST_RULES],
        [named, FIRST_RULES],
        [named, { ...DEFAULT_GEOMETRY, foldVersion: 2 }],
      ] as const
      for (const [mark, rules] of before) {
        const rows = fold([mark], rules)
        expect(rows?.sources).toEqual([])
        expect(rows?.rejected).toMatchObject([{ reason: 'schema_unknown' }])
      }
      expect(fold([named])?.sources.map(({ file, marks, instances }) => [file, marks, instances])).toEqual([
        ['', 0, [expect.objectContaining({ instance: '0a0a0a0a', throughMs: OCTOBER_MS })]],
        ['f', 1, []],
      ])
    })
  })

  test('is counted for a source when it names it, so that the stored rows add up', () => {
    const rows = fold([
      null,
      Buffer.from('{'),
      request({ source: 'gw', clientId: '' }),
      request({ source: 'gw' }),
    ])
    expect(rows?.sources).toMatchObject([{ source: 'gw', events: 2, duplicates: 0 }])
    expect(rows?.rejected.map(row => row.source)).toEqual(['', '', 'gw'])
  })

  test('gives the same whether the scan has read it or the decoder', () => {
    const event = { source: 'gw', request_id: 'a', client_id: 'fjord', time: OCTOBER_MS, status: 200 }
    const bytes = { request_bytes: 1, response_bytes: 2 }
    const scanned = Buffer.from(JSON.stringify({ ...event, ...bytes }))
    // A list is the decoder's.
    const decoded = Buffer.from(JSON.stringify([{ ...event, ...bytes }]))
    expect(fold([decoded, decoded])).toEqual(fold([scanned, scanned]))
    expect(fold([scanned, decoded])?.ledger[0]).toMatchObject({ requests: 1, duplicates: 1, requestIds: 2 })
  })
})

describe('an event whose time nobody can believe', () => {
  const stray = request({
    timeMs: Date.UTC(2001, 0, 1),
    identity: { kind: 'position', file: 'f', position: 7 },
  })

  test('is kept with its time and why, and counted for its source alone', () => {
    const rows = fold([stray])
    expect(rows?.ledger[0]).toMatchObject({ events: 1, requests: 0, rejected: 1, firstHourMs: null })
    expect(rows?.sources).toMatchObject([{ source: 'gw', file: 'f', events: 1, highPosition: 7 }])
    expect(rows?.rejected).toMatchObject([
      {
        reason: 'time_too_old',
        detail:
          "the event's time is 2001-01-01T00:00:00.000Z and it was appended at 2026-10-01T00:00:00.000Z; " +
          'expected at most 400 d before that',
        source: 'gw',
        file: 'f',
        position: 7,
        excerpt: 'bytes',
        recordBytes: stray.length,
      },
    ])
  })

  test('is rejected once: its copy is a duplicate', () => {
    expect(fold([stray, stray])?.ledger[0]).toMatchObject({ requests: 0, rejected: 1, duplicates: 1 })
    const id = request({ timeMs: OCTOBER_MS + 2 * DAY_MS, identity: { kind: 'request_id', id: 'a' } })
    const rows = fold([id, id])
    expect(rows?.ledger[0]).toMatchObject({ requests: 0, rejected: 1, duplicates: 1, requestIds: 2 })
    expect(rows?.rejected[0]?.detail).toContain('expected at most 1 d after that')
  })

  test('is no copy of an event that was counted, and such a copy is a duplicate however late it comes', () => {
    const id = request({ identity: { kind: 'request_id', id: 'a' } })
    const partition = newFold()
    const soon = record(1, id, OCTOBER_MS + 3 * DAY_MS)
    deliver(partition, [record(0, id), record(0, id), soon])
    expect(take(partition)?.ledger).toMatchObject([{ requests: 1 }, { duplicates: 1, rejected: 0 }])
  })

  test('is judged alike in a list and by itself', () => {
    const event = { client_id: 'a', status: 200, request_bytes: 1, response_bytes: 2 }
    const json = [OCTOBER_MS, OCTOBER_MS - 401 * DAY_MS].map(time => ({ ...event, time }))
    const list = fold([Buffer.from(JSON.stringify(json))])
    const alone = fold(json.map(each => Buffer.from(JSON.stringify(each))))
    expect(list?.ledger[0]).toMatchObject({ requests: 1, rejected: 1 })
    expect(alone?.ledger[0]).toMatchObject({ requests: 1, rejected: 1 })
    // Nobody's: the source rows must not hold it either.
    expect(list?.sources).toEqual(alone?.sources.map(row => ({ ...row, lastOffset: 0 })))
  })

  test('is counted by version 1, in which a record of limits is one that nobody knows', () => {
    const rows = fold([encodeStreamLimits({ pastMaxMs: 1, aheadMaxMs: 1 }), stray], FIRST_RULES)
    expect(rows?.ledger).toMatchObject([{ block: 0, requests: 1, rejected: 1, pastMaxMs: null }])
    expect(rows?.rejected).toMatchObject([{ reason: 'schema_unknown' }])
  })

  test('is counted when a person has vouched for it, once, and by nobody else', () => {
    const identity = { kind: 'request_id', id: 'mended:1:0:0' } as const
    const said = request({ timeMs: Date.UTC(2001, 0, 1), identity })
    const vouched = TEST_KEY.sign(PLACE, 0, said)
    const rows = fold([vouched, vouched, stray])
    expect(rows?.ledger[0]).toMatchObject({ duplicates: 1, firstHourMs: Date.UTC(2001, 0, 1), rejected: 1 })
    const json = { ...{ client_id: 'a', status: 200, request_bytes: 1, response_bytes: 2 }, time: 1e12 }
    const claimed = fold([Buffer.from(JSON.stringify({ ...json, time_vouched: true }))])
    expect(claimed?.rejected).toMatchObject([{ reason: 'time_too_old' }])
  })

  test('is judged by the limits that the log said last, from the next record on', () => {
    const yesterday = request({ timeMs: OCTOBER_MS - DAY_MS })
    const narrow = TEST_KEY.sign(PLACE, 1, encodeStreamLimits({ pastMaxMs: DAY_MS - 1, aheadMaxMs: 1 }))
    const wide = TEST_KEY.sign(PLACE, 2, encodeStreamLimits({ pastMaxMs: DAY_MS, aheadMaxMs: 1 }))
    // An old word that somebody has copied holds no more.
    const rows = fold([yesterday, narrow, yesterday, narrow, yesterday, wide, yesterday, narrow])
    expect(rows?.ledger.map(row => [row.block, row.nextOffset, row.requests, row.rejected])).toEqual([
      [0, 1, 1, 0],
      [1, 5, 0, 2],
      [5, 8, 1, 0],
    ])
    expect(rows?.ledger.map(row => row.pastMaxMs)).toEqual([400 * DAY_MS, DAY_MS - 1, DAY_MS])
  })
})

describe('a word on how the stream is counted', () => {
  const limits = encodeStreamLimits({ pastMaxMs: 1, aheadMaxMs: 1 })
  const stray = encodeStreamVersion({ foldVersion: 999, blockSize: 2, windowSize: 1 })
  const elsewhere = [
    { stream: 't', partition: 1 },
    { stream: 'other', partition: 0 },
  ]

  test.each([
    ['limits without a signature', limits, 'control_unsigned'],
    ['a version without a signature', stray, 'control_unsigned'],
    [
      'the first rules with sizes of its own',
      encodeStreamVersion({ ...UNSIGNED_VERSION, blockSize: 2 ** 18 }),
    ],
    ['a signature of another key', signAsStranger(PLACE, 1, limits), 'signature_invalid'],
    ['a copy from another partition', TEST_KEY.sign(elsewhere[0] ?? PLACE, 1, stray), 'signature_invalid'],
    ['a copy from another topic', TEST_KEY.sign(elsewhere[1] ?? PLACE, 1, stray), 'signature_invalid'],
    ['a signed mark', TEST_KEY.sign(PLACE, 1, Buffer.from('c301')), 'event_malformed'],
  ])(
    'that nobody vouches for is rejected, and counting goes on: %s',
    (_, word, reason = 'control_unsigned') => {
      const rows = fold([request({}), word, request({})])
      expect(rows?.ledger).toMatchObject([{ block: 0, requests: 2, rejected: 1, controlSequence: 0 }])
      expect(rows?.rejected).toMatchObject([{ offset: 1, reason }])
    },
  )

  test('is no event when it is signed, and its number is kept', () => {
    const rows = fold([request({}), TEST_KEY.sign(PLACE, 7, limits), request({})])
    expect(rows?.ledger).toMatchObject([
      { block: 0, events: 1, rejected: 0, controlSequence: 0 },
      { block: 1, records: 2, events: 1, rejected: 0, controlSequence: 7 },
    ])
  })
})
