import { alignedEnd } from '@forbruk/aggregator/count/block.ts'
import type { LedgerBlock } from '@forbruk/aggregator/resume/read-ledger.ts'

/**
 * The lowest offset that whoever goes on with a partition may ask for, by its ledger and the oldest block that lacks
 * rows; null when it was never counted.
 */
export function neededOffset(ledger: readonly LedgerBlock[], damagedBlock: number | null): number | null {
  const first = ledger.at(0)
  const newest = ledger.at(-1)
  if (first === undefined || newest === undefined) return null
  const isComplete = newest.next_offset === alignedEnd(newest.first_offset, { blockSize: newest.block_size })
  const foldFrom = damagedBlock ?? (isComplete ? newest.next_offset : newest.first_offset)
  return Math.max(first.first_offset, foldFrom - Math.max(...ledger.map(({ window_size }) => window_size)))
}
