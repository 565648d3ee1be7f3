import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { EventIdentity } from '@forbruk/schemas/event/log-event.ts'
import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BLOCK_SIZE,
  DAY_MS,
  deliver,
  HOUR_MS,
  newFold,
  OCTOBER_MS,
  type Row,
  record,
  request,
  type Tables,
  take,
} from '../../../test/support/aggregator/fold-records.ts'
import { TEST_KEY } from '../../../test/support/aggregator/stream-key.ts'
import { alignedEnd, DEFAULT_GEOMETRY, FOLD_VERSION, FoldVersionError, UNSIGNED_VERSION } from './block.ts'
import { LogGapError } from './log-gap.ts'

/** What a ReplacingMergeTree keeps of rows written in any number of flushes. */
function latest(flushes: readonly (Tables | null)[]) {
  const keep = (table: keyof Tables, key: (row: Row) => string, version: string) => {
    const rows = new Map<string, Row>()
    for (const row of flushes.flatMap((flush): readonly Row[] => flush?.[table] ?? [])) {
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

function foldAll(records: readonly LogRecord[], batchSizes: readonly number[]) {
  const fold = newFold()
  const flushes: (Tables | null)[] = []
  let start = 0
  for (let index = 0; start < records.length; index++) {
    const size = Math.max(1, batchSizes[index % batchSizes.length] ?? 1)
    deliver(fold, records.slice(start, start + size))
    start += size
    if (size % 2 === 0) flushes.push(take(fold))
  }
  flushes.push(take(fold))
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
    deliver(fold, [record(5, request({})), record(2 * BLOCK_SIZE + 3, request({}))])
    const ledger = take(fold)?.ledger.map(row => [row.block, row.firstOffset, row.nextOffset, row.requests])
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
    deliver(fold, records, 12)
    const ledger = take(fold)?.ledger.map(row => [row.block, row.nextOffset, row.requests])
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
      deliver(
        fold,
        days.map((day, offset) => record(offset, id, OCTOBER_MS + day * DAY_MS)),
      )
      return take(fold)?.ledger.reduce((sum, row) => sum + row.duplicates, 0)
    }
    expect(duplicates([0, 7.9])).toBe(1)
    expect(duplicates([0.9, 8])).toBe(0)
    expect(duplicates([0, 5, 10, 15])).toBe(3)
  })

  test('remembers request ids from before its start, and passes over records that come again', () => {
    const { windowSize } = DEFAULT_GEOMETRY
    const rules = { foldVersion: FOLD_VERSION, windowSize, partitionCount: null }
    const ids = { ...rules, requestIds: 1, firstAppendTimeMs: null }
    const fold = newFold({ foldFromOffset: 10, earlierBlocks: [{ firstOffset: 0, nextOffset: 10, ...ids }] })
    const id = (offset: number) => record(offset, request({ identity: { kind: 'request_id', id: 'a' } }))
    deliver(fold, [5, 12].map(id))
    deliver(fold, [5, 12, 12 + windowSize].map(id))
    expect(take(fold)?.ledger[0]).toMatchObject({ records: 2, requests: 0, duplicates: 2 })
  })

  test('refuses to begin a block whose request ids are needed and gone', () => {
    const rules = { foldVersion: FOLD_VERSION, windowSize: 65_536, partitionCount: null }
    const ids = { ...rules, requestIds: 1, firstAppendTimeMs: OCTOBER_MS }
    const earlierBlocks = [{ firstOffset: 0, nextOffset: 3, ...ids }]
    const begin = (day: number) =>
      deliver(newFold({ foldFromOffset: 3, readFromOffset: 3, earlierBlocks }), [
        record(3, request({}), OCTOBER_MS + day * DAY_MS),
      ])
    expect(() => begin(7)).toThrow(/request ids from offset 0 on/)
    expect(() => begin(8)).not.toThrow()
  })
})

describe('a partition whose log begins another version', () => {
  const id = request({ identity: { kind: 'request_id', id: 'a' } })
  const version = (foldVersion: number, blockSize = 4, windowSize = 2) =>
    TEST_KEY.sign(
      { stream: 't', partition: 0 },
      foldVersion,
      encodeStreamVersion({ foldVersion, blockSize, windowSize }),
    )
  const folded = (values: readonly Buffer[], foldVersion = FOLD_VERSION) => {
    const fold = newFold({ geometry: { ...DEFAULT_GEOMETRY, foldVersion } })
    deliver(
      fold,
      values.map((value, offset) => record(offset, value)),
    )
    return fold
  }

  test('ends its block before that record, and is cut by the new sizes from there on', () => {
    const newer = version(FOLD_VERSION + 1)
    const ledger = take(folded([id, id, newer, id, id, newer, version(FOLD_VERSION)]))?.ledger
    expect(ledger).toMatchObject([
      { block: 0, nextOffset: 2, foldVersion: FOLD_VERSION, blockSize: BLOCK_SIZE, records: 2, events: 2 },
      {
        block: 2,
        nextOffset: 4,
        foldVersion: FOLD_VERSION + 1,
        blockSize: 4,
        windowSize: 2,
        records: 2,
        events: 1,
      },
      { block: 4, nextOffset: 7, foldVersion: FOLD_VERSION + 1, records: 3, events: 1 },
    ])
    expect(ledger?.map(row => row.duplicates)).toEqual([1, 1, 1])
  })

  test('tells a status apart by the version that its block is counted by', () => {
    const first = encodeStreamVersion(UNSIGNED_VERSION)
    const [refused, unknown] = [request({ status: 429 }), request({ status: 401 })]
    const rows = take(folded([refused, unknown, first, refused, unknown], 1))?.usage
    expect(rows?.map(row => [row.block, row.status_class, row.requests])).toEqual([
      [0, STATUS_CLASSES.indexOf('4xx'), 2],
      [2, STATUS_CLASSES.indexOf('429'), 1],
      [2, STATUS_CLASSES.indexOf('401/407'), 1],
    ])
  })

  test('is not folded any further when the version is not known', () => {
    const fold = folded([id, version(FOLD_VERSION + 2), id])
    expect(fold.unknownRules).toBeInstanceOf(FoldVersionError)
    expect(fold.unknownRules?.message).toContain(
      `from offset 1 on, is counted with fold version ${FOLD_VERSION + 2}`,
    )
    expect(take(fold)?.ledger).toMatchObject([{ block: 0, nextOffset: 1, records: 1 }])
    deliver(fold, [record(9, id)])
    expect(take(fold)).toBeNull()
  })
})

describe('a partition whose open block the log no longer holds', () => {
  const counted = {
    ...{ stream: 't', partition: 0, block: 3 },
    ...{ foldVersion: 1, blockSize: BLOCK_SIZE, windowSize: DEFAULT_GEOMETRY.windowSize },
    ...{ pastMaxMs: null, aheadMaxMs: null, controlSequence: 0, partitionCount: null },
    ...{ firstOffset: 3, nextOffset: 7, records: 4, events: 4, requests: 2, duplicates: 1, rejected: 1 },
    ...{ marks: 0, requestIds: 0, requestBytes: 20, responseBytes: 200, fingerprint: 2n ** 63n + 77n },
    ...{ firstHourMs: OCTOBER_MS, lastHourMs: OCTOBER_MS },
    ...{ firstAppendTimeMs: OCTOBER_MS, lastAppendTimeMs: OCTOBER_MS + 9 },
    ...{ identities: null, identitySum: null, identityHoursMs: [] },
  }
  const restored = () => newFold({ foldFromOffset: 7, readFromOffset: 7, restoredBlock: counted })

  test('goes on with a record of a later day, and leaves its figures as they stand', () => {
    const fold = restored()
    expect(take(fold)).toBeNull()
    deliver(fold, [record(9, request({}), OCTOBER_MS + DAY_MS)])
    const rows = take(fold)
    expect(rows?.ledger).toMatchObject([
      { block: 3, firstOffset: 3, nextOffset: 9, requests: 2, fingerprint: 2n ** 63n + 77n },
      { block: 9, firstOffset: 9, nextOffset: 10, requests: 1 },
    ])
    expect(rows?.ledger[0]).toMatchObject({ rejected: 1, firstAppendTimeMs: OCTOBER_MS })
    expect(rows?.usage).toMatchObject([{ block: 9, requests: 1 }])
  })

  test('refuses a record that belongs to it', () => {
    const same = record(9, request({}), OCTOBER_MS + DAY_MS - 1)
    expect(() => deliver(restored(), [same])).toThrow(LogGapError)
  })
})
