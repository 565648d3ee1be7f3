import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import type { EventIdentity, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeMark, encodeRequest, encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyRows, type FlushRows } from '../run/rows.ts'
import { Admission, SourceFiles } from './admit.ts'
import { alignedEnd, DEFAULT_GEOMETRY, FOLD_VERSION, FoldVersionError } from './block.ts'
import { LogGapError } from './log-gap.ts'
import {
  LogContradictsLedgerError,
  PartitionFold,
  type ResumePoint,
  type StoredBlock,
} from './partition-fold.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const BLOCK_SIZE = DEFAULT_GEOMETRY.blockSize
const scanner = new RequestScanner()
const OCTOBER_MS = Date.UTC(2026, 9, 1)

function request(fields: Partial<RequestEvent>): Buffer {
  return encodeRequest({
    kind: 'request',
    source: 'gw',
    identity: { kind: 'none' },
    clientId: 'fjord',
    integrationId: 'shop',
    timeMs: OCTOBER_MS,
    status: 200,
    requestBytes: 10,
    responseBytes: 100,
    ...fields,
  })
}

const record = (
  offset: number,
  value: Buffer | null,
  appendTimeMs = OCTOBER_MS + offset / 1_000,
): LogRecord => ({ offset, appendTimeMs: Math.floor(appendTimeMs), key: null, value })

function newFold(
  foldFromOffset = 0,
  stored: ReadonlyMap<number, StoredBlock> = new Map(),
  changes: Partial<ResumePoint> = {},
): PartitionFold {
  const admission = new Admission(DEFAULT_GEOMETRY.windowSize, new SourceFiles())
  const geometry = DEFAULT_GEOMETRY
  const place = {
    stream: 't',
    partition: 0,
    geometry,
    foldFromOffset,
    readFromOffset: 0,
    before: [],
    sealed: null,
  }
  return new PartitionFold(
    { ...place, admission, stored, ...changes },
    {
      foldVersionMax: FOLD_VERSION + 1,
      scanner,
    },
  )
}

type Row = Readonly<Record<string, unknown>>

function tableRows(flush: FlushRows, table: keyof FlushRows): readonly Row[] {
  return table === 'usage' ? flush.usage.flatMap(rowsOf) : flush[table]
}

/** What a ReplacingMergeTree keeps of rows written in any number of flushes. */
function latest(flushes: readonly (FlushRows | null)[]) {
  const keep = (table: keyof FlushRows, key: (row: Row) => string, version: string) => {
    const rows = new Map<string, Row>()
    for (const row of flushes.flatMap(flush => tableRows(flush ?? emptyRows(), table))) {
      const held = rows.get(key(row))
      if (held === undefined || Number(row[version] ?? 0) >= Number(held[version] ?? 0))
        rows.set(key(row), row)
    }
    return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  }
  const withoutVersion = ({ last_offset: _, lastOffset: __, ...row }: Row) => row
  return {
    usage: keep(
      'usage',
      row => [row.client_id, row.integration_id, row.hour, row.status_class, row.block].join('|'),
      'last_offset',
    ).map(withoutVersion),
    sources: keep('sources', row => `${row.source}|${row.file}|${row.block}`, 'lastOffset').map(
      withoutVersion,
    ),
    rejected: keep('rejected', row => `${row.offset}|${row.eventIndex}`, 'none'),
    ledger: keep('ledger', row => String(row.block), 'nextOffset'),
  }
}

function foldAll(records: readonly LogRecord[], batchSizes: readonly number[], fold = newFold()) {
  const flushes: (FlushRows | null)[] = []
  let start = 0
  for (let index = 0; start < records.length; index++) {
    const size = Math.max(1, batchSizes[index % batchSizes.length] ?? 1)
    const batch = records.slice(start, start + size)
    start += size
    fold.foldBatch({
      partition: 0,
      records: batch,
      nextOffset: (batch.at(-1)?.offset ?? 0) + 1,
      endOffset: 0,
    })
    if (size % 2 === 0) flushes.push(fold.takeRows())
  }
  flushes.push(fold.takeRows())
  return latest(flushes)
}

const identity: fc.Arbitrary<EventIdentity> = fc.oneof(
  fc.constant({ kind: 'none' } as const),
  fc.record({ kind: fc.constant('request_id' as const), id: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    kind: fc.constant('position' as const),
    file: fc.constantFrom('f', 'g'),
    position: fc.nat(20),
  }),
)
const value: fc.Arbitrary<Buffer | null> = fc.oneof(
  { weight: 8, arbitrary: identity.map(found => request({ identity: found })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ clientId: fc.constantFrom('a', 'b'), status: fc.constantFrom(0, 204, 500), hour: fc.nat(3) })
      .map(({ hour, ...fields }) => request({ ...fields, timeMs: OCTOBER_MS + hour * HOUR_MS })),
  },
  { weight: 1, arbitrary: fc.constantFrom(null, Buffer.from('no event'), Buffer.from('[{}, 7]')) },
)
const gappedLog = fc
  .array(fc.record({ gap: fc.constantFrom(0, 0, 0, 1, 7, BLOCK_SIZE), day: fc.nat(9), value }), {
    minLength: 1,
    maxLength: 60,
  })
  .map(entries => {
    let offset = BLOCK_SIZE - 25
    return entries.map(entry => {
      offset += 1 + entry.gap
      return record(offset, entry.value, OCTOBER_MS + Math.max(entry.day, offset % 9) * DAY_MS)
    })
  })

describe('a partition', () => {
  test('gives the same rows in whatever batches it came and however often it was flushed', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(gappedLog, sizes, (records, batchSizes) => {
        expect(foldAll(records, batchSizes)).toEqual(foldAll(records, [records.length]))
      }),
    )
  })

  test('adds up: events = requests + duplicates + rejected + marks, and the rollup equals the ledger', () => {
    fc.assert(
      fc.property(gappedLog, records => {
        const { usage, ledger, rejected } = foldAll(records, [records.length])
        const sum = (rows: readonly Row[], column: string) =>
          rows.reduce((total, row) => total + Number(row[column]), 0)
        expect(sum(ledger, 'events')).toBe(
          sum(ledger, 'requests') +
            sum(ledger, 'duplicates') +
            sum(ledger, 'rejected') +
            sum(ledger, 'marks'),
        )
        expect(sum(ledger, 'records')).toBe(records.length)
        for (const [column, total] of [
          ['requests', 'requests'],
          ['request_bytes', 'requestBytes'],
          ['response_bytes', 'responseBytes'],
        ] as const) {
          expect(sum(usage, column)).toBe(sum(ledger, total))
        }
        expect(rejected.length).toBe(sum(ledger, 'rejected'))
        const inOrder = [...ledger].sort((a, b) => Number(a.block) - Number(b.block))
        expect(inOrder.slice(1).map(row => row.block)).toEqual(
          inOrder.slice(0, -1).map(row => row.nextOffset),
        )
      }),
    )
  })

  test('completes a block at its end and says so in the ledger, also where the log has a gap', () => {
    const fold = newFold()
    const records = [record(5, request({})), record(2 * BLOCK_SIZE + 3, request({}))]
    fold.foldBatch({ partition: 0, records, nextOffset: 2 * BLOCK_SIZE + 4, endOffset: 0 })
    const ledger = fold
      .takeRows()
      ?.ledger.map(row => [row.block, row.firstOffset, row.nextOffset, row.requests])
    expect(ledger).toEqual([
      [0, 0, alignedEnd(0, DEFAULT_GEOMETRY), 1],
      [BLOCK_SIZE, BLOCK_SIZE, 2 * BLOCK_SIZE, 0],
      [2 * BLOCK_SIZE, 2 * BLOCK_SIZE, 2 * BLOCK_SIZE + 4, 1],
    ])
  })

  test('ends a block before the first record of a later day, and not for one that was stamped earlier', () => {
    const fold = newFold()
    const days = [0, 0.99, 1, 0.5, 1.99, 4]
    const records = days.map((day, offset) => record(2 * offset, request({}), OCTOBER_MS + day * DAY_MS))
    fold.foldBatch({ partition: 0, records, nextOffset: 12, endOffset: 0 })
    const ledger = fold.takeRows()?.ledger.map(row => [row.block, row.nextOffset, row.requests])
    expect(ledger).toEqual([
      [0, 4, 2],
      [4, 10, 3],
      [10, 12, 1],
    ])
  })

  test('forgets a request id after seven days, by the days on which blocks began', () => {
    const id = request({ identity: { kind: 'request_id', id: 'a' } })
    const duplicates = (days: readonly number[]) => {
      const fold = newFold()
      const records = days.map((day, offset) => record(offset, id, OCTOBER_MS + day * DAY_MS))
      fold.foldBatch({ partition: 0, records, nextOffset: days.length, endOffset: 0 })
      return fold.takeRows()?.ledger.reduce((sum, row) => sum + Number(row.duplicates), 0)
    }
    expect(duplicates([0, 7.9])).toBe(1)
    expect(duplicates([0.9, 8])).toBe(0)
    expect(duplicates([0, 5, 10, 15])).toBe(3)
  })

  test('writes only what changed', () => {
    const fold = newFold()
    fold.foldBatch({
      partition: 0,
      records: [record(0, request({ clientId: 'a' }))],
      nextOffset: 1,
      endOffset: 0,
    })
    expect(
      fold
        .takeRows()
        ?.usage.flatMap(rowsOf)
        .map(row => row.client_id),
    ).toEqual(['a'])
    expect(fold.takeRows()).toBeNull()
    fold.foldBatch({
      partition: 0,
      records: [record(1, request({ clientId: 'b' }))],
      nextOffset: 2,
      endOffset: 0,
    })
    expect(
      fold
        .takeRows()
        ?.usage.flatMap(rowsOf)
        .map(row => row.client_id),
    ).toEqual(['b'])
  })

  test('far behind, writes a block only once it is complete, or when it must end', () => {
    const fold = newFold()
    const behind = { partition: 0, endOffset: 5 * BLOCK_SIZE }
    fold.foldBatch({ ...behind, records: [record(0, request({}))], nextOffset: 1 })
    expect(fold.takeRows()).toBeNull()
    fold.foldBatch({
      ...behind,
      records: [record(BLOCK_SIZE + 1, request({}))],
      nextOffset: BLOCK_SIZE + 2,
    })
    expect(fold.takeRows()?.ledger.map(row => [row.block, row.nextOffset])).toEqual([[0, BLOCK_SIZE]])
    expect(fold.takeRows(true)?.ledger.map(row => [row.block, row.nextOffset])).toEqual([
      [BLOCK_SIZE, BLOCK_SIZE + 2],
    ])
  })

  test('does not hold a block back when nothing more comes, however far the end seems', () => {
    const fold = newFold()
    const records = [record(0, request({}))]
    fold.foldBatch({ partition: 0, records, nextOffset: 1, endOffset: 5 * BLOCK_SIZE })
    expect(fold.takeRows()).toBeNull()
    expect(fold.takeRows()?.ledger).toHaveLength(1)
  })

  test('keeps a rejected event with its coordinates, and never its query string', () => {
    const fold = newFold()
    const value = Buffer.from('{"client_id":"a","path":"/v1?apikey=hush"}')
    fold.foldBatch({ partition: 0, records: [record(9, value)], nextOffset: 10, endOffset: 0 })
    const [row] = fold.takeRows()?.rejected ?? []
    expect(row).toMatchObject({
      offset: 9,
      eventIndex: 0,
      reason: 'event_malformed',
      recordBytes: value.length,
    })
    expect(JSON.stringify(row)).not.toContain('hush')
  })

  test('counts each event of a record with several, and names the one that is wrong', () => {
    const event = { client_id: 'a', time: OCTOBER_MS, status: 200, request_bytes: 1, response_bytes: 2 }
    const fold = newFold()
    const value = Buffer.from(JSON.stringify([event, { ...event, status: 9000 }, event]))
    fold.foldBatch({ partition: 0, records: [record(0, value)], nextOffset: 1, endOffset: 0 })
    const rows = fold.takeRows()
    expect(rows?.ledger[0]).toMatchObject({ records: 1, events: 3, requests: 2, rejected: 1 })
    expect(rows?.rejected[0]).toMatchObject({ eventIndex: 1, reason: 'status_invalid' })
  })

  test("holds a source's mark against what arrived", () => {
    const fold = newFold()
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
    fold.foldBatch({
      partition: 0,
      records: [at(0), at(100), at(0), mark].map((value, offset) => record(offset, value)),
      nextOffset: 4,
      endOffset: 0,
    })
    expect(fold.takeRows()?.sources).toMatchObject([
      { events: 2, duplicates: 1, markEventsTotal: 3, eventsAtMark: 2, highPosition: 100 },
    ])
  })

  test('remembers request ids from before its start, and passes over records that come again', () => {
    const { windowSize } = DEFAULT_GEOMETRY
    const ids = { requestIds: 1, firstAppendTimeMs: null, windowSize: windowSize }
    const before = [{ firstOffset: 0, nextOffset: 10, ...ids }]
    const fold = newFold(10, new Map(), { before })
    const id = (offset: number) => record(offset, request({ identity: { kind: 'request_id', id: 'a' } }))
    const deliver = (offsets: readonly number[]) =>
      fold.foldBatch({
        partition: 0,
        records: offsets.map(id),
        nextOffset: (offsets.at(-1) ?? 0) + 1,
        endOffset: 0,
      })
    deliver([5, 12])
    deliver([5, 12, 12 + windowSize])
    expect(fold.takeRows()?.ledger[0]).toMatchObject({ records: 2, requests: 0, duplicates: 2 })
  })

  test('counts for a source what names it, so that the stored rows add up', () => {
    const fold = newFold()
    const junk = [null, Buffer.from('{'), request({ source: 'gw', clientId: '' }), request({ source: 'gw' })]
    const records = junk.map((value, offset) => record(offset, value))
    fold.foldBatch({ partition: 0, records, nextOffset: 4, endOffset: 0 })
    const rows = fold.takeRows()
    expect(rows?.sources).toMatchObject([{ source: 'gw', events: 2, duplicates: 0 }])
    expect(rows?.rejected.map(row => row.source)).toEqual(['', '', 'gw'])
  })

  describe('whose log begins another version', () => {
    const id = request({ identity: { kind: 'request_id', id: 'a' } })
    const version = (foldVersion: number, blockSize = 4, windowSize = 2) =>
      encodeStreamVersion({ foldVersion, blockSize, windowSize })
    const fold = (values: readonly Buffer[]) => {
      const partition = newFold()
      const records = values.map((value, offset) => record(offset, value))
      partition.foldBatch({ partition: 0, records, nextOffset: values.length, endOffset: 0 })
      return partition
    }

    test('ends its block before that record, and is cut by the new sizes from there on', () => {
      const ledger = fold([id, id, version(2), id, id, version(2), version(1)]).takeRows()?.ledger
      expect(ledger).toMatchObject([
        { block: 0, nextOffset: 2, foldVersion: 1, blockSize: BLOCK_SIZE, records: 2, events: 2 },
        { block: 2, nextOffset: 4, foldVersion: 2, blockSize: 4, windowSize: 2, records: 2, events: 1 },
        { block: 4, nextOffset: 7, foldVersion: 2, records: 3, events: 1 },
      ])
      expect(ledger?.map(row => row.duplicates)).toEqual([1, 1, 1])
    })

    test('is not folded any further when the version is not known', () => {
      const partition = fold([id, version(3), id])
      expect(partition.halt).toBeInstanceOf(FoldVersionError)
      expect(partition.halt?.message).toMatch(/from offset 1 on, is counted with fold version 3/)
      expect(partition.takeRows()?.ledger).toMatchObject([{ block: 0, nextOffset: 1, records: 1 }])
      partition.foldBatch({ partition: 0, records: [record(9, id)], nextOffset: 10, endOffset: 0 })
      expect(partition.takeRows()).toBeNull()
    })
  })

  describe('whose open block the log no longer holds', () => {
    const counted = {
      ...{ stream: 't', partition: 0, block: 3 },
      ...{ foldVersion: 1, blockSize: BLOCK_SIZE, windowSize: DEFAULT_GEOMETRY.windowSize },
      ...{ firstOffset: 3, nextOffset: 7, records: 4, events: 4, requests: 2, duplicates: 1, rejected: 1 },
      ...{ marks: 0, requestIds: 0, requestBytes: 20, responseBytes: 200, fingerprint: 2n ** 63n + 77n },
      ...{ firstHourMs: OCTOBER_MS, lastHourMs: OCTOBER_MS },
      ...{ firstAppendTimeMs: OCTOBER_MS, lastAppendTimeMs: OCTOBER_MS + 9 },
    }
    const sealed = () => newFold(7, new Map(), { sealed: counted, readFromOffset: 7 })

    test('goes on with a record of a later day, and leaves its figures as they stand', () => {
      const fold = sealed()
      const later = record(9, request({}), OCTOBER_MS + DAY_MS)
      fold.foldBatch({ partition: 0, records: [later], nextOffset: 10, endOffset: 0 })
      const rows = fold.takeRows()
      expect(rows?.ledger).toMatchObject([
        { block: 3, firstOffset: 3, nextOffset: 9, requests: 2, fingerprint: 2n ** 63n + 77n },
        { block: 9, firstOffset: 9, nextOffset: 10, requests: 1 },
      ])
      expect(rows?.ledger[0]).toMatchObject({ rejected: 1, firstAppendTimeMs: OCTOBER_MS })
      expect(rows?.usage.flatMap(rowsOf)).toMatchObject([{ block: 9, requests: 1 }])
    })

    test('refuses a record that belongs to it', () => {
      const same = record(9, request({}), OCTOBER_MS + DAY_MS - 1)
      expect(() =>
        sealed().foldBatch({ partition: 0, records: [same], nextOffset: 10, endOffset: 0 }),
      ).toThrow(LogGapError)
    })

    test('refuses to begin a block whose request ids are needed and gone', () => {
      const ids = { requestIds: 1, firstAppendTimeMs: OCTOBER_MS, windowSize: 65_536 }
      const before = [{ firstOffset: 0, nextOffset: 3, ...ids }]
      const begin = (day: number) =>
        newFold(3, new Map(), { before, readFromOffset: 3 }).foldBatch({
          partition: 0,
          endOffset: 0,
          records: [record(3, request({}), OCTOBER_MS + day * DAY_MS)],
          nextOffset: 4,
        })
      expect(() => begin(7)).toThrow(/request ids from offset 0 on/)
      expect(() => begin(8)).not.toThrow()
    })
  })

  describe('that is folded again', () => {
    const records = [record(0, request({})), record(1, request({ clientId: 'b' })), record(7, null)]
    const batch = { partition: 0, records: records.slice(0, 2), nextOffset: 2, endOffset: 0 }
    const counted = () => {
      const fold = newFold()
      fold.foldBatch(batch)
      const row = fold.takeRows()?.ledger[0]
      return { row, stored: { nextOffset: 2, events: 2, fingerprint: row?.fingerprint ?? 0n } }
    }

    test('gives the stored ledger row', () => {
      const { row, stored } = counted()
      const again = newFold(0, new Map([[0, stored]]))
      again.foldBatch(batch)
      expect(again.takeRows()?.ledger[0]).toEqual(row)
    })

    test('writes nothing before the log has shown that it is the one that was counted', () => {
      const { stored } = counted()
      const again = newFold(0, new Map([[0, stored]]))
      again.foldBatch({ ...batch, records: records.slice(0, 1), nextOffset: 1, endOffset: 0 })
      expect(again.takeRows()).toBeNull()
      expect(again.pendingRows).toBe(0)
      again.foldBatch(batch)
      expect(again.takeRows()?.usage.flatMap(rowsOf)).toHaveLength(2)
    })

    test('contradicts the ledger when its block ends before the offset where the row stands', () => {
      const { stored } = counted()
      const again = newFold(0, new Map([[0, { ...stored, nextOffset: 5 }]]))
      const other = [record(0, request({})), record(1, request({}), OCTOBER_MS + DAY_MS)]
      expect(() => again.foldBatch({ partition: 0, records: other, nextOffset: 2, endOffset: 0 })).toThrow(
        LogContradictsLedgerError,
      )
    })

    test('contradicts the ledger when the log is another one, also where the row stands in a gap', () => {
      const { stored } = counted()
      for (const nextOffset of [2, 5]) {
        const other = { ...stored, nextOffset, fingerprint: stored.fingerprint + 1n }
        const again = newFold(0, new Map([[0, other]]))
        expect(() => again.foldBatch({ partition: 0, records, nextOffset: 8, endOffset: 0 })).toThrow(
          LogContradictsLedgerError,
        )
        expect(again.takeRows()).toBeNull()
      }
    })
  })
})
