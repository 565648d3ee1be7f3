import type { BlockSum, Place } from '@forbruk/infra/ledger/blocks/blocks.ts'
import { compareSums } from '@forbruk/infra/ledger/blocks/compare-sums.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { findLacking, type IdentitySum } from '@forbruk/infra/ledger/recognition/identity-sums.ts'
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

/** What the rows of one partition's blocks come to. */
export type RowSums = {
  readonly sums: readonly BlockSum[]
  /** Of the blocks that have request ids. */
  readonly identities: readonly IdentitySum[]
}

/** Of those that are verified among a partition's newest blocks. */
export async function readRowSums(
  ledger: LedgerReader,
  place: Place,
  newest: readonly LedgerBlock[],
): Promise<RowSums> {
  const firstOffset = chooseVerified(newest).at(0)?.firstOffset ?? 0
  return {
    sums: await ledger.readSumsFrom(place, firstOffset),
    identities: await ledger.readIdentitySums(place.stream, new Map([[place.partition, firstOffset]])),
  }
}

/** The first block whose rows don't add up to its ledger row. Pure. */
export function findDiffering(
  blocks: readonly LedgerBlock[],
  { sums, identities }: RowSums,
): LedgerBlock | undefined {
  const byBlock = new Map(sums.map(sum => [sum.block, sum]))
  const lacking = new Set(findLacking(blocks, identities).map(({ block }) => block))
  return blocks.find(
    block => lacking.has(block) || compareSums(block, byBlock.get(block.firstOffset) ?? null).length > 0,
  )
}
