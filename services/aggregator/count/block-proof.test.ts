import { describe, expect, test } from 'vitest'
import {
  DAY_MS,
  deliver,
  newFold,
  OCTOBER_MS,
  record,
  request,
  take,
} from '../../../test/support/aggregator/fold-records.ts'
import { DEFAULT_GEOMETRY } from './block.ts'
import { BlockProof, LogContradictsLedgerError } from './block-proof.ts'
import { OpenBlock } from './open-block.ts'

describe('a block that is folded again', () => {
  const records = [record(0, request({})), record(1, request({ clientId: 'b' })), record(7, null)]
  const counted = () => {
    const fold = newFold()
    deliver(fold, records.slice(0, 2))
    const row = take(fold)?.ledger[0]
    return { row, counted: { nextOffset: 2, events: 2, fingerprint: row?.fingerprint ?? 0n } }
  }
  const foldAgain = (block: ReturnType<typeof counted>['counted']) => newFold({}, new Map([[0, block]]))

  test('gives the stored ledger row', () => {
    const { row, counted: block } = counted()
    const again = foldAgain(block)
    deliver(again, records.slice(0, 2))
    expect(take(again)?.ledger[0]).toEqual(row)
  })

  test('is not written before the log has shown that it is the one that was counted', () => {
    const again = foldAgain(counted().counted)
    deliver(again, records.slice(0, 1))
    expect(take(again)).toBeNull()
    expect(take(again, true)).toBeNull()
    expect(again.pendingRows).toBe(0)
    deliver(again, records.slice(0, 2))
    expect(take(again)?.usage).toHaveLength(2)
  })

  test('contradicts the ledger when it ends before the offset where the row stands', () => {
    const again = foldAgain({ ...counted().counted, nextOffset: 5 })
    const other = [record(0, request({})), record(1, request({}), OCTOBER_MS + DAY_MS)]
    expect(() => deliver(again, other)).toThrow(LogContradictsLedgerError)
  })

  test('contradicts the ledger when the log is another one, also where the row stands in a gap', () => {
    const block = counted().counted
    for (const nextOffset of [2, 5]) {
      const again = foldAgain({ ...block, nextOffset, fingerprint: block.fingerprint + 1n })
      expect(() => deliver(again, records)).toThrow(LogContradictsLedgerError)
      expect(take(again)).toBeNull()
    }
  })
})

describe('the proof', () => {
  const empty = new OpenBlock(4, DEFAULT_GEOMETRY)
  const { fingerprint } = empty.toLedger('t', 0, 4)
  const prove = (nextOffset: number, events = 0) => {
    const counted = new Map([[4, { nextOffset, events, fingerprint }]])
    const proof = new BlockProof({ stream: 't', partition: 0 }, counted)
    proof.beginBlock(4)
    return proof
  }

  test('is given of a block of which nothing was counted, or that no ledger row names', () => {
    expect(prove(4).isGiven).toBe(true)
    const proof = prove(9)
    proof.beginBlock(5)
    expect(proof.isGiven).toBe(true)
  })

  test('is owed until the block has come to where its ledger row stands', () => {
    const proof = prove(9)
    proof.passTo(8, empty)
    expect(proof.isGiven).toBe(false)
    expect(() => proof.endBlock(empty)).toThrow(/block 4: the log up to offset 9 gives 0 events/)
    proof.passTo(9, empty)
    expect(proof.isGiven).toBe(true)
    proof.endBlock(empty)
  })

  test('fails where the number of events is another', () => {
    expect(() => prove(9, 1).passTo(9, empty)).toThrow(LogContradictsLedgerError)
  })
})
