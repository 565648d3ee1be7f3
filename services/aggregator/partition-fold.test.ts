import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { EventIdentity, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeMark, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Admission, SourceFiles } from './admit.ts'
import { blockEnd, DEFAULT_GEOMETRY } from './block.ts'
import { LogContradictsLedgerError, PartitionFold, type StoredBlock } from './partition-fold.ts'
import { emptyRows, type FlushRows, type Row } from './rows.ts'

const HOUR_MS = 3_600_000
const BLOCK_SIZE = DEFAULT_GEOMETRY.blockSize
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

const record = (offset: number, value: Buffer | null): LogRecord => ({
  offset,
  appendTimeMs: OCTOBER_MS + offset,
  key: null,
  value,
})

function newFold(foldFromOffset = 0, stored: ReadonlyMap<number, StoredBlock> = new Map()): PartitionFold {
  const admission = new Admission(DEFAULT_GEOMETRY.windowSize, new SourceFiles())
  return new PartitionFold({ stream: 't', partition: 0, foldFromOffset, admission, stored }, DEFAULT_GEOMETRY)
}

/** What a ReplacingMergeTree keeps of rows written in any number of flushes. */
function latest(flushes: readonly (FlushRows | null)[]) {
  const keep = (table: keyof FlushRows, key: (row: Row) => string, version: string) => {
    const rows = new Map<string, Row>()
    for (const row of flushes.flatMap(flush => (flush ?? emptyRows())[table])) {
      const held = rows.get(key(row))
      if (held === undefined || Number(row[version] ?? 0) >= Number(held[version] ?? 0))
        rows.set(key(row), row)
    }
    return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  }
  const withoutVersion = ({ last_offset: _, ...row }: Row) => row
  return {
    usage: keep(
      'usage',
      row => [row.client_id, row.integration_id, row.hour, row.status_class, row.block].join('|'),
      'last_offset',
    ).map(withoutVersion),
    sources: keep('sources', row => `${row.source}|${row.file}|${row.block}`, 'last_offset').map(
      withoutVersion,
    ),
    rejected: keep('rejected', row => `${row.offset}|${row.event_index}`, 'none'),
    ledger: keep('ledger', row => String(row.block), 'next_offset'),
  }
}

function foldAll(records: readonly LogRecord[], batchSizes: readonly number[], fold = newFold()) {
  const flushes: (FlushRows | null)[] = []
  let start = 0
  for (let index = 0; start < records.length; index++) {
    const size = Math.max(1, batchSizes[index % batchSizes.length] ?? 1)
    const batch = records.slice(start, start + size)
    start += size
    fold.foldBatch({ partition: 0, records: batch, nextOffset: (batch.at(-1)?.offset ?? 0) + 1 })
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
  .array(fc.record({ gap: fc.constantFrom(0, 0, 0, 1, 7, BLOCK_SIZE), value }), {
    minLength: 1,
    maxLength: 60,
  })
  .map(entries => {
    let offset = BLOCK_SIZE - 25
    return entries.map(entry => {
      offset += 1 + entry.gap
      return record(offset, entry.value)
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
        for (const column of ['requests', 'request_bytes', 'response_bytes']) {
          expect(sum(usage, column)).toBe(sum(ledger, column))
        }
        expect(rejected.length).toBe(sum(ledger, 'rejected'))
        const blocks = ledger.map(row => Number(row.block)).sort((a, b) => a - b)
        expect(blocks).toEqual(blocks.map((_, index) => (blocks[0] ?? 0) + index))
      }),
    )
  })

  test('completes a block at its end and says so in the ledger, also where the log has a gap', () => {
    const fold = newFold()
    const records = [record(5, request({})), record(2 * BLOCK_SIZE + 3, request({}))]
    fold.foldBatch({ partition: 0, records, nextOffset: 2 * BLOCK_SIZE + 4 })
    const ledger = fold
      .takeRows()
      ?.ledger.map(row => [row.block, row.first_offset, row.next_offset, row.requests])
    expect(ledger).toEqual([
      [0, 0, blockEnd(0, DEFAULT_GEOMETRY), 1],
      [1, BLOCK_SIZE, blockEnd(1, DEFAULT_GEOMETRY), 0],
      [2, 2 * BLOCK_SIZE, 2 * BLOCK_SIZE + 4, 1],
    ])
  })

  test('writes only what changed', () => {
    const fold = newFold()
    fold.foldBatch({ partition: 0, records: [record(0, request({ clientId: 'a' }))], nextOffset: 1 })
    expect(fold.takeRows()?.usage.map(row => row.client_id)).toEqual(['a'])
    expect(fold.takeRows()).toBeNull()
    fold.foldBatch({ partition: 0, records: [record(1, request({ clientId: 'b' }))], nextOffset: 2 })
    expect(fold.takeRows()?.usage.map(row => row.client_id)).toEqual(['b'])
  })

  test('keeps a rejected event with its coordinates, and never its query string', () => {
    const fold = newFold()
    const value = Buffer.from('{"client_id":"a","path":"/v1?apikey=hush"}')
    fold.foldBatch({ partition: 0, records: [record(9, value)], nextOffset: 10 })
    const [row] = fold.takeRows()?.rejected ?? []
    expect(row).toMatchObject({
      offset: 9,
      event_index: 0,
      reason: 'event_malformed',
      record_bytes: value.length,
    })
    expect(JSON.stringify(row)).not.toContain('hush')
  })

  test('counts each event of a record with several, and names the one that is wrong', () => {
    const event = { client_id: 'a', time: OCTOBER_MS, status: 200, request_bytes: 1, response_bytes: 2 }
    const fold = newFold()
    const value = Buffer.from(JSON.stringify([event, { ...event, status: 9000 }, event]))
    fold.foldBatch({ partition: 0, records: [record(0, value)], nextOffset: 1 })
    const rows = fold.takeRows()
    expect(rows?.ledger[0]).toMatchObject({ records: 1, events: 3, requests: 2, rejected: 1 })
    expect(rows?.rejected[0]).toMatchObject({ event_index: 1, reason: 'status_invalid' })
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
    })
    expect(fold.takeRows()?.sources).toMatchObject([
      { events: 2, duplicates: 1, mark_events_total: 3, events_at_mark: 2, high_position: 100 },
    ])
  })

  test('remembers request ids from before its start, and passes over records that come again', () => {
    const fold = newFold(10)
    const id = (offset: number) => record(offset, request({ identity: { kind: 'request_id', id: 'a' } }))
    const deliver = (offsets: readonly number[]) =>
      fold.foldBatch({ partition: 0, records: offsets.map(id), nextOffset: (offsets.at(-1) ?? 0) + 1 })
    const { windowSize } = DEFAULT_GEOMETRY
    deliver([5, 12])
    deliver([5, 12, 12 + windowSize])
    expect(fold.takeRows()?.ledger[0]).toMatchObject({ records: 2, requests: 0, duplicates: 2 })
  })

  test('counts for a source what names it, so that the stored rows add up', () => {
    const fold = newFold()
    const junk = [null, Buffer.from('{'), request({ source: 'gw', clientId: '' }), request({ source: 'gw' })]
    const records = junk.map((value, offset) => record(offset, value))
    fold.foldBatch({ partition: 0, records, nextOffset: 4 })
    const rows = fold.takeRows()
    expect(rows?.sources).toMatchObject([{ source: 'gw', events: 2, duplicates: 0 }])
    expect(rows?.rejected.map(row => row.source)).toEqual(['', '', 'gw'])
  })

  describe('that is folded again', () => {
    const records = [record(0, request({})), record(1, request({ clientId: 'b' })), record(7, null)]
    const batch = { partition: 0, records: records.slice(0, 2), nextOffset: 2 }
    const counted = () => {
      const fold = newFold()
      fold.foldBatch(batch)
      const row = fold.takeRows()?.ledger[0]
      return { row, stored: { nextOffset: 2, events: 2, fingerprint: BigInt(row?.fingerprint ?? 0) } }
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
      again.foldBatch({ ...batch, records: records.slice(0, 1), nextOffset: 1 })
      expect(again.takeRows()).toBeNull()
      expect(again.pendingRows).toBe(0)
      again.foldBatch(batch)
      expect(again.takeRows()?.usage).toHaveLength(2)
    })

    test('contradicts the ledger when the log is another one, also where the row stands in a gap', () => {
      const { stored } = counted()
      for (const nextOffset of [2, 5]) {
        const other = { ...stored, nextOffset, fingerprint: stored.fingerprint + 1n }
        const again = newFold(0, new Map([[0, other]]))
        expect(() => again.foldBatch({ partition: 0, records, nextOffset: 8 })).toThrow(
          LogContradictsLedgerError,
        )
        expect(again.takeRows()).toBeNull()
      }
    })
  })
})
