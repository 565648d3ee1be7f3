import type { BlockSum } from '@forbruk/infra/ledger/blocks.ts'
import { compareSums } from '@forbruk/infra/ledger/compare-sums.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'

/** After a power loss only the newest blocks can have lost rows that the ledger vouches for: so many whole ones. */
export const BLOCKS_VERIFIED = 4

/** Of a partition's newest blocks, those whose rows are to be compared with the ledger. Pure. */
export function chooseVerified(blocks: readonly LedgerBlock[]): readonly LedgerBlock[] {
  const newest = blocks.at(-1)
  if (newest === undefined) return []
  const blockSize = blocks.reduce((largest, block) => Math.max(largest, block.blockSize), 0)
  const from = newest.nextOffset - BLOCKS_VERIFIED * blockSize
  return blocks.filter(block => block.nextOffset > from)
}

/** The first block whose rows don't add up to its ledger row. Pure. */
export function findDiffering(
  blocks: readonly LedgerBlock[],
  sums: readonly BlockSum[],
): LedgerBlock | undefined {
  const byBlock = new Map(sums.map(sum => [sum.block, sum]))
  return blocks.find(block => compareSums(block, byBlock.get(block.firstOffset) ?? null).length > 0)
}
