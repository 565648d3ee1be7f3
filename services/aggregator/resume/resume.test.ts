import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { describe, expect, test } from 'vitest'
import { DEFAULT_GEOMETRY } from '../count/block.ts'
import { chooseFoldStart } from './resume.ts'

const { blockSize, windowSize } = DEFAULT_GEOMETRY
const OCTOBER_MS = Date.UTC(2026, 9, 1)
const DAY_MS = 86_400_000

const block = (number: number, fields: Partial<LedgerBlock> = {}): LedgerBlock => ({
  foldVersion: 1,
  stream: 't',
  partition: 0,
  block: number * blockSize,
  blockSize,
  windowSize,
  pastMaxMs: null,
  controlSequence: 0,
  aheadMaxMs: null,
  partitionCount: null,
  firstOffset: number * blockSize,
  nextOffset: (number + 1) * blockSize,
  records: 15,
  events: 15,
  requests: 10,
  duplicates: 3,
  rejected: 2,
  marks: 4,
  requestIds: 0,
  requestBytes: 100,
  responseBytes: 200,
  firstHourMs: OCTOBER_MS,
  lastHourMs: OCTOBER_MS,
  firstAppendTimeMs: OCTOBER_MS,
  lastAppendTimeMs: OCTOBER_MS,
  fingerprint: 1n,
  ...{ identities: null, identitySum: null, identityHoursMs: [] },
  ...fields,
})
const sum = (number: number, fields: object = {}) => ({
  partition: 0,
  block: number * blockSize,
  requests: 10,
  requestBytes: 100,
  responseBytes: 200,
  rejected: 2,
  rejectedOfSources: 1,
  sourceEvents: 11,
  sourceDuplicates: 3,
  sourceMarks: 4,
  ...fields,
})
const start = (blocks: LedgerBlock[], sums: ReturnType<typeof sum>[], startOffset = 0) =>
  chooseFoldStart(blocks, { sums, identities: [] }, { startOffset, endOffset: 9 * blockSize })
const foldStart = (...args: Parameters<typeof start>) => {
  const { foldFromOffset, restoredBlock } = start(...args)
  expect(restoredBlock).toBeNull()
  return foldFromOffset
}

describe('a partition goes on', () => {
  const open = block(2, { nextOffset: 2 * blockSize + 5 })

  test('at the start of its open block', () => {
    expect(foldStart([block(1), open], [sum(1), sum(2)])).toBe(2 * blockSize)
  })

  test('at its stored start when nothing was counted', () => {
    const none = { requests: 0, duplicates: 0, rejected: 0, marks: 0, requestBytes: 0, responseBytes: 0 }
    expect(foldStart([block(0, { ...none, firstOffset: 7, nextOffset: 7 })], [])).toBe(7)
  })

  test('after a block that is complete', () => {
    expect(foldStart([block(1), block(2)], [sum(1), sum(2)])).toBe(3 * blockSize)
  })

  test('after what is counted of its open block, where the log holds no more of it', () => {
    const last = open.nextOffset
    for (const startOffset of [2 * blockSize + 1, last]) {
      expect(start([block(1), open], [sum(1), sum(2)], startOffset)).toEqual({
        foldFromOffset: last,
        restoredBlock: open,
      })
    }
    // Offsets that were never counted are gone: whoever asks for the log's bounds will see it.
    expect(foldStart([block(1), open], [sum(1), sum(2)], last + 1)).toBe(2 * blockSize)
  })

  test('after what is counted of its open block, where the log lacks the request ids that it remembers', () => {
    const seen = block(1, { requestIds: 1 })
    expect(start([seen, open], [sum(1), sum(2)], 2 * blockSize - 1).restoredBlock).toEqual(open)
    const later = { ...open, firstAppendTimeMs: OCTOBER_MS + 8 * DAY_MS }
    expect(foldStart([seen, later], [sum(1), sum(2)], 2 * blockSize - 1)).toBe(2 * blockSize)
  })

  test.each(['requests', 'responseBytes', 'rejected', 'sourceEvents', 'sourceDuplicates', 'sourceMarks'])(
    'at the first of the newest blocks whose %s differ from the ledger',
    column => {
      const blocks = [block(1), block(2), block(3)]
      expect(foldStart(blocks, [sum(1), sum(2, { [column]: 1 }), sum(3)])).toBe(2 * blockSize)
      expect(foldStart([block(1), block(2)], [sum(2)])).toBe(blockSize)
    },
  )
})
