import { alignedEnd } from '@forbruk/aggregator/count/block.ts'
import type { World } from './world.ts'

/**
 * The topic was made anew under the same name: other records at the offsets of one partition, where its open block was
 * counted. Answers the partition; null when none has a block that shows it.
 */
export function replaceLog(world: World): number | null {
  const { random, store, invariants } = world
  const candidates = world.partitions.filter(({ partition, startOffset }) => {
    const newest = store.ledgerOf(partition).at(-1)
    if (newest === undefined || newest.requests === 0 || invariants.oldestDamaged(partition) !== null)
      return false
    const isOpen = newest.nextOffset !== alignedEnd(newest.firstOffset, newest)
    return isOpen && startOffset <= (world.neededOffset(partition) ?? startOffset)
  })
  if (candidates.length === 0) return null
  const log = random.pick(candidates)
  world.losePower(false)
  world.isReplaced = true
  log.replaceContent(random.chance(0.2) ? random.between(log.startOffset, log.endOffset) : log.endOffset)
  return log.partition
}
