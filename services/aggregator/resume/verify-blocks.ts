import type { BlockSum, LedgerBlock } from './read-ledger.ts'

/** After a power loss only the newest blocks can have lost rows that the ledger vouches for: so many whole ones. */
export const BLOCKS_VERIFIED = 4

/** Of a partition's newest blocks, those whose rows are to be compared with the ledger. Pure. */
export function chooseVerified(blocks: readonly LedgerBlock[]): readonly LedgerBlock[] {
  const newest = blocks.at(-1)
  if (newest === undefined) return []
  const blockSize = blocks.reduce((largest, block) => Math.max(largest, block.block_size), 0)
  const from = newest.next_offset - BLOCKS_VERIFIED * blockSize
  return blocks.filter(block => block.next_offset > from)
}

/** The first block whose rows don't add up to its ledger row. Pure. */
export function findDiffering(
  blocks: readonly LedgerBlock[],
  sums: readonly BlockSum[],
): LedgerBlock | undefined {
  const byBlock = new Map(sums.map(sum => [sum.block, sum]))
  return blocks.find(block => !addsUp(block, byBlock.get(block.first_offset) ?? NOTHING))
}

function addsUp(block: LedgerBlock, sum: Omit<BlockSum, 'block'>): boolean {
  return (
    block.requests === sum.requests &&
    block.request_bytes === sum.request_bytes &&
    block.response_bytes === sum.response_bytes &&
    block.rejected === sum.rejected &&
    block.duplicates === sum.source_duplicates &&
    block.marks === sum.source_marks &&
    block.requests + sum.rejected_of_sources === sum.source_events
  )
}

const NOTHING: Omit<BlockSum, 'block'> = {
  requests: 0,
  request_bytes: 0,
  response_bytes: 0,
  rejected: 0,
  rejected_of_sources: 0,
  source_events: 0,
  source_duplicates: 0,
  source_marks: 0,
}
