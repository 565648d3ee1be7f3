import { describe, expect, test } from 'vitest'
import {
  BLOCK_SIZE,
  deliver,
  newFold,
  record,
  request,
  take,
} from '../../../test/support/aggregator/fold-records.ts'
import { DEFAULT_GEOMETRY } from './block.ts'
import { FlushQueue } from './flush-queue.ts'
import { OpenBlock } from './open-block.ts'

describe('a flush of a partition', () => {
  test('writes only what changed', () => {
    const fold = newFold()
    deliver(fold, [record(0, request({ clientId: 'a' }))])
    expect(take(fold)?.usage.map(row => row.client_id)).toEqual(['a'])
    expect(take(fold)).toBeNull()
    deliver(fold, [record(1, request({ clientId: 'b' }))])
    expect(take(fold)?.usage.map(row => row.client_id)).toEqual(['b'])
  })

  test('far behind, writes a block only once it is complete, or when it must end', () => {
    const fold = newFold()
    deliver(fold, [record(0, request({}))], 1, 5 * BLOCK_SIZE)
    expect(take(fold)).toBeNull()
    deliver(fold, [record(BLOCK_SIZE + 1, request({}))], BLOCK_SIZE + 2, 5 * BLOCK_SIZE)
    expect(take(fold)?.ledger.map(row => [row.block, row.nextOffset])).toEqual([[0, BLOCK_SIZE]])
    expect(take(fold, true)?.ledger.map(row => [row.block, row.nextOffset])).toEqual([
      [BLOCK_SIZE, BLOCK_SIZE + 2],
    ])
  })

  test('does not hold a block back when nothing more comes, however far the end seems', () => {
    const fold = newFold()
    deliver(fold, [record(0, request({}))], 1, 5 * BLOCK_SIZE)
    expect(take(fold)).toBeNull()
    expect(take(fold)?.ledger).toHaveLength(1)
  })

  test('is told how many rows wait: of complete blocks, and of the open one', () => {
    const fold = newFold()
    deliver(fold, [record(0, request({ clientId: 'a' })), record(1, null)])
    expect(fold.pendingRows).toBe(2)
    deliver(fold, [record(BLOCK_SIZE, request({ clientId: 'b' }))])
    expect(fold.pendingRows).toBe(3)
    take(fold)
    expect(fold.pendingRows).toBe(0)
  })
})

describe('the queue', () => {
  const queueFrom = (offset: number) =>
    new FlushQueue(({ block, nextOffset }) => `${block.firstOffset}-${nextOffset}`, offset)
  const flushOf = (firstOffset: number, nextOffset: number, totals: readonly number[] = []) => ({
    ...{ stream: 't', partition: 0, rejected: [], sources: [], identities: null },
    block: new OpenBlock(firstOffset, DEFAULT_GEOMETRY),
    nextOffset,
    totals,
    size: totals.length,
  })

  test('gives blocks in the order in which they came, once', () => {
    const queue = queueFrom(0)
    queue.give(flushOf(0, 8, [0, 1]))
    queue.give(flushOf(8, 10, [0]))
    expect(queue.size).toBe(3)
    expect(queue.take(10)).toEqual(['0-8', '8-10'])
    expect(queue.size).toBe(0)
    expect(queue.take(10)).toEqual([])
  })

  test('asks for the open block when something of it is new: at once if need be, else when not far behind', () => {
    const queue = queueFrom(4)
    queue.logEndOffset = 100
    expect(queue.isOpenBlockDue(4, 8, true)).toBe(false)
    expect(queue.isOpenBlockDue(5, 8, true)).toBe(true)
    expect(queue.isOpenBlockDue(5, 8, false)).toBe(false)
    expect(queue.isOpenBlockDue(92, 8, false)).toBe(true)
    queue.take(5)
    expect(queue.isOpenBlockDue(5, 8, false)).toBe(true)
    queue.give(flushOf(4, 5))
    expect(queue.isOpenBlockDue(5, 8, true)).toBe(false)
  })
})
