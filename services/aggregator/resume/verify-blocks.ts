import type { BlockSum } from '@forbruk/infra/ledger/ledger-reader.ts'
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
  return blocks.find(block => !addsUp(block, byBlock.get(block.firstOffset) ?? NOTHING))
}

function addsUp(block: LedgerBlock, sum: Omit<BlockSum, 'block'>): boolean {
  return (
    block.requests === sum.requests &&
    block.requestBytes === sum.requestBytes &&
    block.responseBytes === sum.responseBytes &&
    block.rejected === sum.rejected &&
    block.duplicates === sum.sourceDuplicates &&
    block.marks === sum.sourceMarks &&
    block.requests + sum.rejectedOfSources === sum.sourceEvents
  )
}

const NOTHING: Omit<BlockSum, 'block'> = {
  requests: 0,
  requestBytes: 0,
  responseBytes: 0,
  rejected: 0,
  rejectedOfSources: 0,
  sourceEvents: 0,
  sourceDuplicates: 0,
  sourceMarks: 0,
}
