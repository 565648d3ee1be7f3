import { alignedEnd } from '@forbruk/aggregator/count/block.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'

/**
 * The lowest offset that whoever goes on with a partition may ask for, by its ledger and the oldest block that lacks
 * rows; null when it was never counted.
 */
export function neededOffset(ledger: readonly LedgerBlock[], damagedBlock: number | null): number | null {
  const first = ledger.at(0)
  const newest = ledger.at(-1)
  if (first === undefined || newest === undefined) return null
  const isComplete = newest.nextOffset === alignedEnd(newest.firstOffset, newest)
  const foldFrom = damagedBlock ?? (isComplete ? newest.nextOffset : newest.firstOffset)
  return Math.max(first.firstOffset, foldFrom - Math.max(...ledger.map(({ windowSize }) => windowSize)))
}
