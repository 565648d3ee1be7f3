import { expect, test } from 'vitest'
import { cutBlocks } from './cut-blocks.ts'
import { extendJudgement, type Judged } from './oracle.ts'
import type { SimulatedEvent } from './simulated-event.ts'

const sizes = (blockSize: number, windowSize: number, foldVersion = 1) => ({
  foldVersion,
  blockSize,
  windowSize,
  pastMaxMs: null,
  aheadMaxMs: null,
  controlSequence: 0,
  partitionCount: null,
})

/** The one thing that nothing else is held against, on examples judged by hand. */
test('the oracle judges by its definition', () => {
  const judge = (identity: Extract<SimulatedEvent, { kind: 'request' }>['identity'], source = 's') =>
    ({
      kind: 'request',
      source,
      identity,
      clientId: 'a',
      integrationId: '',
      timeMs: 0,
      status: 200,
      requestBytes: 1,
      responseBytes: 1,
    }) as const
  const id = (name: string, source?: string) => judge({ kind: 'request_id', id: name }, source)
  const line = (file: string, position: number) => judge({ kind: 'position', file, position })
  const examples: [offset: number, event: SimulatedEvent, verdict: Judged['verdict']][] = [
    [5, id('a'), 'counted'],
    [9, id('a'), 'duplicate'],
    [13, id('a'), 'duplicate'],
    [14, id('a', 'other'), 'counted'],
    [18, id('a'), 'counted'],
    [19, line('f', 10), 'counted'],
    [20, line('f', 30), 'counted'],
    [21, line('f', 20), 'duplicate'],
    [22, line('g', 20), 'counted'],
    [90, line('f', 30), 'duplicate'],
    [91, judge({ kind: 'none' }), 'counted'],
    [92, judge({ kind: 'none' }), 'counted'],
    [93, { kind: 'rejected', reason: 'status_invalid', origin: line('f', 40) }, 'rejected'],
    [94, line('f', 40), 'duplicate'],
    [95, { kind: 'rejected', reason: 'record_empty', origin: null }, 'rejected'],
  ]
  const judged: Judged[] = []
  const records = examples.map(([offset, event]) => ({
    offset,
    appendTimeMs: 0,
    value: null,
    events: [event],
  }))
  const all = [{ offset: 4, appendTimeMs: 0, value: null, events: [id('a')] }, ...records]
  extendJudgement(judged, all, cutBlocks(all, 5, 96, sizes(16, 4)))
  expect(judged.map(({ offset, verdict }) => [offset, verdict])).toEqual(
    examples.map(([offset, , verdict]) => [offset, verdict]),
  )
})

const DAY_MS = 86_400_000

test('the oracle cuts blocks at multiples of their size and where a later day begins', () => {
  const appended: [offset: number, day: number][] = [
    [5, 3],
    [6, 3.9],
    [8, 4],
    [10, 3.5],
    [11, 4.5],
    [17, 4],
    [18, 9],
  ]
  const records = appended.map(([offset, day]) => ({
    offset,
    appendTimeMs: day * DAY_MS,
    value: null,
    events: [],
  }))
  expect(cutBlocks(records, 5, 35, sizes(16, 4)).map(({ start, day }) => ({ start, day }))).toEqual([
    { start: 5, day: 3 },
    { start: 8, day: 4 },
    { start: 16, day: 4 },
    { start: 18, day: 9 },
    { start: 32, day: null },
  ])
})

test('the oracle forgets request ids of blocks that began more than seven days before', () => {
  const id = (name: string) => ({ kind: 'request_id', id: name }) as const
  const judge = (days: readonly number[]) => {
    const records = days.map((day, offset) => {
      const event = {
        kind: 'request',
        source: 's',
        identity: id('a'),
        clientId: 'a',
        integrationId: '',
      } as const
      const figures = { timeMs: 0, status: 200, requestBytes: 1, responseBytes: 1 }
      return { offset, appendTimeMs: day * DAY_MS, value: null, events: [{ ...event, ...figures }] }
    })
    const judged: Judged[] = []
    extendJudgement(judged, records, cutBlocks(records, 0, days.length, sizes(16, 8)))
    return judged.map(({ verdict }) => verdict)
  }
  expect(judge([1, 8.9])).toEqual(['counted', 'duplicate'])
  expect(judge([1.9, 9])).toEqual(['counted', 'counted'])
  expect(judge([1, 1.5, 9, 9.5])).toEqual(['counted', 'duplicate', 'counted', 'duplicate'])
})

test('the oracle goes on with the sizes that the log says, and remembers what the sizes before did', () => {
  const request = (name: string): SimulatedEvent => ({
    ...({ kind: 'request', source: 's', identity: { kind: 'request_id', id: name } } as const),
    ...{ clientId: 'a', integrationId: '', timeMs: 0, status: 200, requestBytes: 1, responseBytes: 1 },
  })
  const version = { kind: 'stream_version', ...sizes(4, 4, 2), sequence: null } as const
  const events = [request('a'), request('b'), request('c'), version, request('a'), request('b'), request('c')]
  const records = events.map((event, offset) => ({ offset, appendTimeMs: 0, value: null, events: [event] }))
  const cuts = cutBlocks(records, 0, 7, sizes(16, 2))
  expect(cuts.map(({ start }) => start)).toEqual([0, 3, 4])
  const judged: Judged[] = []
  extendJudgement(judged, records, cuts)
  const [counted, duplicate] = ['counted', 'duplicate']
  expect(judged.map(({ verdict }) => verdict)).toEqual([
    ...[counted, counted, counted, 'version'],
    ...[counted, duplicate, duplicate],
  ])
})
