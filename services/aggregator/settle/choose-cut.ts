import type { BlockRange, CompleteBlock } from '@forbruk/infra/ledger/settle/settlements.ts'
import { addUp, isEqual, NOTHING_USED, type UsageSums } from '@forbruk/infra/ledger/usage/usage-sums.ts'

type BlockSums = UsageSums & Pick<CompleteBlock, 'partition' | 'block'>

type ChosenCut = { readonly cut: readonly number[]; readonly added: UsageSums }

/** Pure: between which cuts complete blocks lie, and between which hours. Null where none of them has usage. */
export function rangeOf(before: readonly number[], blocks: readonly CompleteBlock[]): BlockRange | null {
  const used = blocks.filter(block => block.requests > 0n)
  if (used.length === 0) return null
  return {
    from: widen(before, blocks),
    to: cutBehind(before, blocks),
    firstHourMs: used.reduce((first, block) => Math.min(first, block.firstHourMs), Number.POSITIVE_INFINITY),
    lastHourMs: used.reduce((last, block) => Math.max(last, block.lastHourMs), 0),
  }
}

/**
 * Pure: how far usage can be settled. Each partition goes on from the cut before, up to its first block of which the
 * rollup has anything else than the ledger vouches for.
 */
export function chooseCut(
  before: readonly number[],
  blocks: readonly CompleteBlock[],
  sums: readonly BlockSums[],
): ChosenCut {
  const found = new Map(sums.map(sum => [placeOf(sum), sum]))
  const halted = new Set<number>()
  const settled = blocks.filter(block => {
    const isWhole = isEqual(block, found.get(placeOf(block)) ?? NOTHING_USED)
    if (!isWhole) halted.add(block.partition)
    return !halted.has(block.partition)
  })
  return { cut: cutBehind(before, settled), added: addUp(settled) }
}

/** In the order of partitions, and of their blocks. */
function cutBehind(before: readonly number[], blocks: readonly CompleteBlock[]): number[] {
  const cut = widen(before, blocks)
  for (const { partition, nextBlock } of blocks) cut[partition] = nextBlock
  return cut
}

/** With a place for each partition that the blocks are of. */
function widen(before: readonly number[], blocks: readonly CompleteBlock[]): number[] {
  const partitions = blocks.reduce((most, { partition }) => Math.max(most, partition + 1), before.length)
  return Array.from({ length: partitions }, (_, partition) => before[partition] ?? 0)
}

function placeOf({ partition, block }: Pick<BlockSums, 'partition' | 'block'>): string {
  return `${partition}/${block}`
}
