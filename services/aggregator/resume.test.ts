import { describe, expect, test } from 'vitest'
import { DEFAULT_GEOMETRY } from './block.ts'
import { chooseFoldStart, chooseReadStart } from './resume.ts'

const { blockSize, windowSize } = DEFAULT_GEOMETRY

const block = (number: number, fields: object = {}) => ({
  block: number,
  fold_version: 1,
  first_offset: number * blockSize,
  next_offset: (number + 1) * blockSize,
  events: 10,
  requests: 10,
  duplicates: 3,
  rejected: 2,
  request_ids: 0,
  request_bytes: 100,
  response_bytes: 200,
  fingerprint: 1n,
  ...fields,
})
const sum = (number: number, fields: object = {}) => ({
  block: number,
  requests: 10,
  request_bytes: 100,
  response_bytes: 200,
  rejected: 2,
  rejected_of_sources: 1,
  source_events: 11,
  source_duplicates: 3,
  ...fields,
})
const foldStart = (blocks: ReturnType<typeof block>[], sums: ReturnType<typeof sum>[]) =>
  chooseFoldStart(blocks, sums, DEFAULT_GEOMETRY)

describe('a partition goes on', () => {
  test('at the start of its open block', () => {
    const open = block(2, { next_offset: 2 * blockSize + 5 })
    expect(foldStart([block(1), open], [sum(1), sum(2)])).toBe(2 * blockSize)
  })

  test('at its stored start when nothing was counted', () => {
    const nothing = { requests: 0, duplicates: 0, rejected: 0, request_bytes: 0, response_bytes: 0 }
    expect(foldStart([block(0, { ...nothing, first_offset: 7, next_offset: 7 })], [])).toBe(7)
  })

  test('after a block that is complete', () => {
    expect(foldStart([block(1), block(2)], [sum(1), sum(2)])).toBe(3 * blockSize)
  })

  test.each(['requests', 'response_bytes', 'rejected', 'source_events', 'source_duplicates'])(
    'at the first of the newest blocks whose %s differ from the ledger',
    column => {
      const blocks = [block(1), block(2), block(3)]
      expect(foldStart(blocks, [sum(1), sum(2, { [column]: 1 }), sum(3)])).toBe(2 * blockSize)
      expect(foldStart([block(1), block(2)], [sum(2)])).toBe(blockSize)
    },
  )
})

describe('reading begins', () => {
  test('with the fold when no request id was seen: line positions need no window', () => {
    expect(chooseReadStart([block(0), block(1)], 2 * blockSize, DEFAULT_GEOMETRY)).toBe(2 * blockSize)
  })

  test('a window earlier where request ids were seen, but not before the log was first counted', () => {
    const seen = { request_ids: 3 }
    expect(chooseReadStart([block(0, seen), block(1, seen)], 2 * blockSize, DEFAULT_GEOMETRY)).toBe(
      2 * blockSize - windowSize,
    )
    const first = block(0, { ...seen, first_offset: blockSize - 9 })
    expect(chooseReadStart([first], blockSize, DEFAULT_GEOMETRY)).toBe(blockSize - 9)
  })
})

test('a window reaches back one block at most: no more blocks than that are read for it', () => {
  expect(windowSize).toBeLessThanOrEqual(blockSize)
})
