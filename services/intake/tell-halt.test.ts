import type { LogRecord, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { encodeMark } from '@forbruk/schemas/wire/encode.ts'
import { expect, test } from 'vitest'
import type { ReadableLog } from './recover.ts'
import { tellHalt } from './tell-halt.ts'

const PARTITIONS = 3
const FIRST_MS = 1_792_065_600_000

function openLog() {
  const partitions: LogRecord[][] = Array.from({ length: PARTITIONS }, () => [])
  let nowMs = FIRST_MS
  const append = async (records: readonly OutgoingRecord[]) => {
    for (const { value, to } of records) {
      const partition = partitions['partition' in to ? to.partition : 0]
      partition?.push({ offset: partition.length, appendTimeMs: 0, key: null, value })
    }
    return []
  }
  const log: ReadableLog = {
    topic: 'gateway.requests',
    partitionCount: PARTITIONS,
    bounds: async partition => ({ startOffset: 0, endOffset: partitions[partition]?.length ?? 0 }),
    async *read(partition, fromOffset, toOffset) {
      const records = partitions[partition]?.slice(fromOffset, toOffset) ?? []
      yield { partition, records, nextOffset: toOffset, endOffset: toOffset }
    },
  }
  const writer: SoleWriter = { claim: async () => ({ append }), close: async () => undefined }
  const settings = { log, writer, source: 'edge', formatName: 'nginx-json', clock: () => (nowMs += 1_000) }
  const origin = { kind: 'mark', source: 'edge', file: 'nginx.lines/0', position: 1, eventsTotal: 0 } as const
  const mark = encodeMark({ ...origin, throughMs: FIRST_MS, format: 'nginx-json' })
  const goOn = () => append([0, 1, 2].map(partition => ({ value: mark, to: { partition } })))
  return { partitions, settings, goOn }
}

const halt = { reason: 'mostly_rejected', path: 'nginx.lines' } as const
const obstacles = { total: 1, listed: [{ ...halt, sinceMs: FIRST_MS + 1_000 }] }

test('every partition is told, of no file and no time', async () => {
  const { partitions, settings, goOn } = openLog()
  await goOn()
  await tellHalt(settings, halt)
  const said = { kind: 'mark', source: 'edge', file: '', position: 0, eventsTotal: 0, obstacles }
  for (const records of partitions)
    expect(records.flatMap(({ value }) => decodeRecord(value)).at(-1)).toMatchObject(said)
})

test('a source that never shipped anything is not made known by it', async () => {
  const { partitions, settings } = openLog()
  await tellHalt(settings, halt)
  expect(partitions.flat()).toEqual([])
})

test('it is told once, since when it first was, and again after the source had gone on', async () => {
  const { partitions, settings, goOn } = openLog()
  await goOn()
  await tellHalt(settings, halt)
  await tellHalt(settings, halt)
  expect(partitions.map(({ length }) => length)).toEqual([2, 2, 2])
  await goOn()
  await tellHalt(settings, halt)
  expect(partitions.map(({ length }) => length)).toEqual([4, 4, 4])
})

test('another reason is told in its place', async () => {
  const { partitions, settings, goOn } = openLog()
  await goOn()
  await tellHalt(settings, halt)
  await tellHalt(settings, { ...halt, reason: 'topic_unusable' })
  expect(partitions.map(({ length }) => length)).toEqual([3, 3, 3])
})
