import { describe, expect, test } from 'vitest'
import { BLOCK_SIZE, WINDOW_SIZE } from './block.ts'
import { chooseFoldStart, chooseReadStart } from './resume.ts'

const block = (number: number, fields: object = {}) => ({
  block: number,
  fold_version: 1,
  first_offset: number * BLOCK_SIZE,
  next_offset: (number + 1) * BLOCK_SIZE,
  events: 10,
  requests: 10,
  request_ids: 0,
  request_bytes: 100,
  response_bytes: 200,
  fingerprint: 1n,
  ...fields,
})
const sum = (number: number, requests = 10) => ({
  block: number,
  requests,
  request_bytes: 100,
  response_bytes: 200,
})
const bounds = { startOffset: 7, endOffset: 5 * BLOCK_SIZE }

describe('a partition goes on', () => {
  test('at the start of the log when nothing was counted', () => {
    expect(chooseFoldStart([], [], bounds)).toBe(7)
  })

  test('at the start of its open block', () => {
    const open = block(2, { next_offset: 2 * BLOCK_SIZE + 5 })
    expect(chooseFoldStart([block(1), open], [sum(1), sum(2)], bounds)).toBe(2 * BLOCK_SIZE)
  })

  test('after a block that is complete', () => {
    expect(chooseFoldStart([block(1), block(2)], [sum(1), sum(2)], bounds)).toBe(3 * BLOCK_SIZE)
  })

  test('at the first of the newest blocks whose rollup differs from the ledger', () => {
    expect(chooseFoldStart([block(1), block(2), block(3)], [sum(1), sum(2, 9), sum(3)], bounds)).toBe(
      2 * BLOCK_SIZE,
    )
    expect(chooseFoldStart([block(1), block(2)], [sum(2)], bounds)).toBe(BLOCK_SIZE)
  })
})

describe('reading begins', () => {
  test('with the fold when no request id was seen: line positions need no window', () => {
    expect(chooseReadStart([block(0), block(1)], 2 * BLOCK_SIZE)).toBe(2 * BLOCK_SIZE)
  })

  test('a window earlier where request ids were seen, but not before the log was first counted', () => {
    const seen = { request_ids: 3 }
    expect(chooseReadStart([block(0, seen), block(1, seen)], 2 * BLOCK_SIZE)).toBe(
      2 * BLOCK_SIZE - WINDOW_SIZE,
    )
    const first = block(0, { ...seen, first_offset: BLOCK_SIZE - 9 })
    expect(chooseReadStart([first], BLOCK_SIZE)).toBe(BLOCK_SIZE - 9)
  })
})
