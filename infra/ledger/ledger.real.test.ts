import { nameCollected } from '@forbruk/schemas/event/collected-file.ts'
import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { beforeAll, expect, test } from 'vitest'
import { openMigrated } from '../../test/support/store/open-migrated.ts'
import { insertValues } from '../store/insert-values.ts'
import type { Store } from '../store/store.ts'
import { acceptedGap } from '../store/tables/accepted-gap.ts'
import { blockLedger, type LedgerBlock } from '../store/tables/block-ledger.ts'
import { safeCount } from '../store/tables/codec.ts'
import { sourceExpectation } from '../store/tables/source-expectation.ts'
import { type SourceRow, sourceLedger } from '../store/tables/source-ledger.ts'
import { sourceRetirement } from '../store/tables/source-retirement.ts'
import { stream as streamTable } from '../store/tables/stream.ts'
import { shapeOf } from '../store/tables/table.ts'
import { readBlocks } from './blocks/blocks.ts'
import { readCoverage } from './blocks/coverage.ts'
import { readDatedGaps } from './blocks/gaps.ts'
import { readFirstAppendTime, readProgress, readStandings } from './blocks/progress.ts'
import { BLOCKS_OF_RANGE, rangeParams, touchesRange } from './blocks/range.ts'
import { readSharedFiles } from './sources/shared-files.ts'
import { readSeenFiles } from './sources/source-files.ts'
import { readKnownSources, readSources } from './sources/sources.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.parse('2026-10-01T00:00:00Z')
let store: Store

beforeAll(async () => {
  const opened = await openMigrated()
  store = opened.store
  return opened.close
}, 60_000)

const NO_LIMITS = { pastMaxMs: null, aheadMaxMs: null }
const block = (stream: string, from: number, to: number, fields: Partial<LedgerBlock> = {}): LedgerBlock => ({
  ...{ stream, partition: 0, block: from, firstOffset: from, nextOffset: to, foldVersion: 1 },
  ...{
    blockSize: 8,
    windowSize: 4,
    pastMaxMs: null,
    aheadMaxMs: null,
    controlSequence: 0,
    partitionCount: null,
    records: 1,
    events: 1,
    requests: 1,
    duplicates: 0,
    rejected: 0,
    marks: 0,
  },
  ...{
    requestIds: 0,
    ...{ identities: null, identitySum: null, identityHoursMs: [] },
    requestBytes: 1,
    responseBytes: 1,
    firstHourMs: null,
    lastHourMs: null,
    fingerprint: 0n,
  },
  ...{ firstAppendTimeMs: null, lastAppendTimeMs: null },
  ...fields,
})

const hours = (firstHour: number, lastHour: number) => ({
  firstHourMs: START_MS + firstHour * HOUR_MS,
  lastHourMs: START_MS + lastHour * HOUR_MS,
})

test('a block touches a range by one rule, in SQL as in code, and one without usage touches none', async () => {
  const within = [hours(-9, -1), hours(-1, 0), hours(2, 3), hours(23, 30), hours(24, 30), hours(-1, 24)]
  const blocks = [...within, {}].map((each, index) => block('ranges', index * 8, index * 8 + 8, each))
  await insertValues(store, blockLedger, blocks)
  const range = { startMs: START_MS, endMs: START_MS + 24 * HOUR_MS }
  const touching = blocks.filter(each => touchesRange(each, range)).map(each => each.block)
  expect(touching).toEqual([8, 16, 24, 40])
  const params = { stream: 'ranges', ...rangeParams(range) }
  const found = await store.query(
    `${BLOCKS_OF_RANGE} ORDER BY block`,
    shapeOf({ partition: safeCount, block: safeCount }),
    params,
  )
  expect(found.map(each => each.block)).toEqual(touching)
})

test('counting began when the log took its first record, whatever the events say', async () => {
  const early = { ...hours(-9_000, -9_000), firstAppendTimeMs: START_MS + 2 }
  await insertValues(store, blockLedger, [
    block('appended', 0, 8, { firstAppendTimeMs: START_MS + 1 }),
    block('appended', 8, 16, early),
    block('appended', 16, 24, { firstAppendTimeMs: null }),
  ])
  expect(await readFirstAppendTime(store, 'appended')).toBe(START_MS + 1)
  expect(await readFirstAppendTime(store, 'none')).toBeNull()
})

test('a partition stands where its newest block does, and is covered but where blocks leave a hole', async () => {
  await insertValues(store, blockLedger, [
    block('places', 0, 8),
    block('places', 8, 11, { foldVersion: 2, rejected: 2, pastMaxMs: 7, aheadMaxMs: 9 }),
    // The same block, when less of it was counted.
    block('places', 8, 10, { rejected: 1 }),
    block('places', 16, 24, { foldVersion: 2, pastMaxMs: 6, aheadMaxMs: 9, controlSequence: 3 }),
    block('places', 3, 5, { partition: 1 }),
  ])
  expect(await readStandings(store, 'places')).toEqual(
    new Map([
      [
        0,
        {
          ...{ nextOffset: 24, foldVersion: 2, pastMaxMs: 6, aheadMaxMs: 9 },
          ...{ controlSequence: 3, partitionCount: null },
        },
      ],
      [1, { nextOffset: 5, foldVersion: 1, ...NO_LIMITS, controlSequence: 0, partitionCount: null }],
    ]),
  )
  expect(await readProgress(store, 'places')).toMatchObject([
    { partition: 0, blocks: 3, firstOffset: 0, nextOffset: 24, rejected: 2, requestBytes: 3n },
    { partition: 1, blocks: 1, firstOffset: 3, nextOffset: 5, lastAppendTimeMs: null },
  ])
  expect((await readBlocks(store, 'places')).map(each => each.nextOffset)).toEqual([8, 11, 24, 5])
  const brokenAt = { endsAt: 11, resumesAt: 16 }
  expect((await readCoverage(store, 'places')).get(0)).toEqual({ firstOffset: 0, nextOffset: 24, brokenAt })

  const gap = { stream: 'places', partition: 0, fromOffset: 11, toOffset: 16, reason: 'disk died' }
  await insertValues(store, acceptedGap, [{ ...gap, acceptedAtMs: START_MS }])
  expect((await readCoverage(store, 'places')).get(0)).toEqual({
    firstOffset: 0,
    nextOffset: 24,
    brokenAt: null,
  })
})

test('a gap is dated by the records around it, as far as there are any', async () => {
  const times = { firstAppendTimeMs: START_MS, lastAppendTimeMs: START_MS + 5 }
  await insertValues(store, blockLedger, [block('gaps', 0, 6, times), block('gaps', 8, 9, times)])
  const gap = { stream: 'gaps', reason: '', acceptedAtMs: START_MS }
  await insertValues(store, acceptedGap, [
    { ...gap, partition: 0, fromOffset: 9, toOffset: 12 },
    { ...gap, partition: 0, fromOffset: 6, toOffset: 8 },
    { ...gap, partition: 1, fromOffset: 6, toOffset: 8 },
  ])
  expect(await readDatedGaps(store, 'gaps')).toEqual([
    { partition: 0, fromOffset: 6, toOffset: 8, reason: '', sinceMs: START_MS + 5, untilMs: START_MS },
    { partition: 0, fromOffset: 9, toOffset: 12, reason: '', sinceMs: START_MS + 5, untilMs: null },
    { partition: 1, fromOffset: 6, toOffset: 8, reason: '', sinceMs: null, untilMs: null },
  ])
})

const shipped = (source: string, number: number, fields: Partial<SourceRow> = {}): SourceRow => ({
  ...{ stream: 'sources', partition: 0, source, file: 'a.log', block: number, events: 3, duplicates: 0 },
  ...{ marks: 1, highPosition: 90, eventsSoFar: 3, markPosition: 100, markEventsTotal: 5, eventsAtMark: 3 },
  ...{ throughMs: START_MS, format: 'combined', obstacles: [], obstaclesTotal: 0, instances: [] },
  lastOffset: number,
  ...fields,
})

test('a retired source is live again as soon as it has gone on', async () => {
  const stream = 'sources'
  const sizes = { partitionCount: 1, blockSize: 8, windowSize: 4, foldVersion: 1 }
  await insertValues(store, streamTable, [{ stream, ...sizes }])
  const silent = {
    marks: 0,
    highPosition: -1,
    markPosition: 0,
    markEventsTotal: 0,
    eventsAtMark: 0,
    format: '',
  }
  await insertValues(store, sourceLedger, [
    shipped('gw1', 0),
    shipped('', 0, { ...silent, file: '', throughMs: null }),
  ])
  const retirement = { stream, source: 'gw1', reason: 'gone', actor: 'me', missing: 2, events: 3 }
  await insertValues(store, sourceRetirement, [
    { ...retirement, retiredAtMs: START_MS + 1, throughMs: START_MS },
    { ...retirement, retiredAtMs: START_MS, throughMs: null, reason: 'before' },
  ])
  const gateway = {
    identity: 'request_id_or_none',
    givesMarks: false,
    throughMs: null,
    ...{ expected: null, obstacles: NO_OBSTACLES, instances: [], retired: null },
  }
  const gw1 = { source: 'gw1', format: 'combined', events: 3, eventsMarked: 5, missing: 2, givesMarks: true }
  expect(await readSources(store, stream)).toEqual([
    { source: '', format: '', events: 3, eventsMarked: 0, missing: 0, ...gateway },
    {
      ...gw1,
      identity: 'line_position',
      throughMs: START_MS,
      expected: null,
      obstacles: NO_OBSTACLES,
      instances: [],
      retired: { reason: 'gone', missing: 2 },
    },
  ])

  await insertValues(store, sourceLedger, [shipped('gw1', 8, { throughMs: START_MS + 1, eventsSoFar: 6 })])
  expect(await readSources(store, stream)).toMatchObject([{}, { throughMs: START_MS + 1, retired: null }])
})

test('a retired source is live again once more has come of it, though something keeps its marks back', async () => {
  const stream = 'held_back'
  await insertValues(store, streamTable, [
    { stream, partitionCount: 1, blockSize: 8, windowSize: 4, foldVersion: 2 },
  ])
  await insertValues(store, sourceLedger, [shipped('gw1', 0, { stream })])
  const word = { stream, source: 'gw1', reason: 'moved', actor: 'me', missing: 2, throughMs: START_MS }
  await insertValues(store, sourceRetirement, [{ ...word, retiredAtMs: START_MS, events: 3 }])
  const retired = async () => (await readSources(store, stream)).map(each => each.retired)
  expect(await retired()).toEqual([{ reason: 'moved', missing: 2 }])
  await insertValues(store, sourceLedger, [
    shipped('gw1', 8, { stream, highPosition: 120, events: 1, eventsSoFar: 4 }),
  ])
  expect(await retired()).toEqual([null])
})

test('what a collector rejected has a place, and is no reason to wait for marks', async () => {
  const stream = 'collected'
  await insertValues(store, streamTable, [
    { stream, partitionCount: 1, blockSize: 8, windowSize: 4, foldVersion: 2 },
  ])
  const unmarked = { marks: 0, markPosition: 0, markEventsTotal: 0, eventsAtMark: 0, throughMs: null }
  const rows = [nameCollected(), 'a.log'].map((file, index) =>
    shipped(`gw${index}`, 0, { stream, file, ...unmarked, format: '' }),
  )
  await insertValues(store, sourceLedger, rows)
  expect(await readSources(store, stream)).toMatchObject([
    { source: 'gw0', givesMarks: false, identity: 'request_id_or_none' },
    { source: 'gw1', givesMarks: true, identity: 'line_position' },
  ])
})

test('an obstacle stands while one partition has it, and makes a source that was retired live again', async () => {
  const stream = 'obstructed'
  const sizes = { partitionCount: 2, blockSize: 8, windowSize: 4, foldVersion: 2 }
  await insertValues(store, streamTable, [{ stream, ...sizes }])
  const gone = { reason: 'gone', path: '/log/a.log', sinceMs: START_MS + 5 }
  const told = (partition: number, number: number, obstacles: SourceRow['obstacles']) =>
    shipped('gw1', number, {
      ...{ stream, partition, file: '', events: 0, marks: 0, eventsSoFar: 0, highPosition: -1 },
      ...{ markPosition: 0, markEventsTotal: 0, eventsAtMark: 0, throughMs: null, format: '' },
      ...{ obstacles, obstaclesTotal: obstacles.length },
    })
  const files = [0, 1].map(partition => shipped('gw1', 0, { stream, partition }))
  const damaged = { ...gone, reason: 'damaged' }
  await insertValues(store, sourceLedger, [...files, told(0, 0, [gone]), told(1, 0, [gone, damaged])])
  const word = {
    stream,
    source: 'gw1',
    reason: 'old',
    actor: 'me',
    missing: 4,
    throughMs: START_MS,
    events: null,
  }
  await insertValues(store, sourceRetirement, [{ ...word, retiredAtMs: START_MS + 4 }])
  const obstacles = async () => (await readSources(store, stream)).map(each => [each.obstacles, each.retired])
  expect(await obstacles()).toEqual([[{ total: 2, listed: [gone, damaged] }, null]])
  await insertValues(store, sourceLedger, [told(1, 8, [])])
  expect(await obstacles()).toEqual([[{ total: 1, listed: [gone] }, null]])
  await insertValues(store, sourceLedger, [told(0, 8, [])])
  expect(await obstacles()).toEqual([[NO_OBSTACLES, { reason: 'old', missing: 4 }]])
})

test('a file that two sources have shipped is found, and one that only begins like it is not', async () => {
  const stream = 'shared'
  const of = (source: string, file: string, fields: Partial<SourceRow> = {}) =>
    shipped(source, 0, { stream, file, eventsSoFar: 9, highPosition: 900, ...fields })
  await insertValues(store, blockLedger, [
    block(stream, 0, 8, { firstHourMs: START_MS, lastHourMs: START_MS + HOUR_MS }),
  ])
  await insertValues(store, sourceLedger, [
    ...[of('gw1', 'same'), of('gw2', 'same')],
    // Rejected lines go by their source, and here only gw2 has any.
    of('gw2', 'same', { partition: 1, highPosition: 400, eventsSoFar: 2 }),
    ...[of('gw1', 'alike'), of('gw2', 'alike', { highPosition: 901 })],
    ...[of('gw1', 'counts'), of('gw2', 'counts', { eventsSoFar: 8 })],
    ...[of('gw1', 'short', { eventsSoFar: 7 }), of('gw2', 'short', { eventsSoFar: 7 })],
    ...[of('', ''), of('kong', '')],
  ])
  const found = [{ source: 'gw1', otherSource: 'gw2', file: 'same', events: 9 }]
  expect(await readSharedFiles(store, stream, null)).toEqual(found)
  const month = (startMs: number) => ({ startMs, endMs: startMs + 24 * HOUR_MS })
  expect(await readSharedFiles(store, stream, month(START_MS))).toEqual(found)
  expect(await readSharedFiles(store, stream, month(START_MS + 48 * HOUR_MS))).toEqual([])
})

test('of a source, the newest word holds: expected or retired, whether it ever shipped or not', async () => {
  const stream = 'words'
  await insertValues(store, streamTable, [
    { stream, partitionCount: 1, blockSize: 8, windowSize: 4, foldVersion: 1 },
  ])
  await insertValues(store, sourceLedger, [shipped('gw1', 0, { stream })])
  const expect1 = { stream, source: 'gw1', actor: 'me', recordedAtMs: START_MS, fromMonth: null }
  const expect2 = { ...expect1, source: 'gw2', fromMonth: '2026-10' }
  await insertValues(store, sourceExpectation, [
    { ...expect2, recordedAtMs: 0, fromMonth: null },
    expect1,
    expect2,
  ])
  const gw2 = { source: 'gw2', fromMonth: '2026-10', actor: 'me' }
  const gw1 = { source: 'gw1', expected: { fromMonth: null, actor: 'me' }, retired: null }
  expect((await readKnownSources(store, stream)).silent).toEqual([gw2])
  expect(await readSources(store, stream)).toMatchObject([gw1])

  const retired = { stream, retiredAtMs: START_MS + 1, missing: 0, reason: 'gone', actor: 'me', events: null }
  await insertValues(store, sourceRetirement, [
    { ...retired, source: 'gw1', throughMs: START_MS },
    { ...retired, source: 'gw2', throughMs: null },
  ])
  expect((await readKnownSources(store, stream)).silent).toEqual([])
  expect(await readSources(store, stream)).toMatchObject([{ expected: null, retired: { reason: 'gone' } }])

  const again = START_MS + 2
  await insertValues(store, sourceExpectation, [
    { ...expect1, recordedAtMs: again },
    { ...expect2, recordedAtMs: again },
  ])
  expect((await readKnownSources(store, stream)).silent).toEqual([gw2])
  expect(await readSources(store, stream)).toMatchObject([gw1])
})

test('what was seen of a file is what its newest row before the block says', async () => {
  const place = { stream: 'sources', partition: 0 }
  const of = async (beforeBlock: number) =>
    (await readSeenFiles(store, place, beforeBlock))
      .filter(each => each.source === 'gw1')
      .map(each => [each.throughMs, each.eventsSoFar])
  expect(await of(0)).toEqual([])
  expect(await of(8)).toEqual([[START_MS, 3]])
  expect(await of(9)).toEqual([[START_MS + 1, 6]])
})
