import { acceptGap, GapRefusedError } from '@forbruk/aggregator/resume/accept-gap.ts'
import { chooseVerified, findDiffering } from '@forbruk/aggregator/resume/verify-blocks.ts'
import { TEST_KEY } from '../support/aggregator/stream-key.ts'
import type { StoredRow } from './block-tables.ts'
import { STREAM } from './generate-record.ts'
import type { World } from './world.ts'

/**
 * An operator stops every process and gives up what each partition has lost. False where that can't end well: rows that
 * no ledger row vouches for, or that a power loss took, of a block that can't be folded again.
 */
export async function acceptGaps(world: World): Promise<boolean> {
  const short = world.partitions.filter(log => log.isShort)
  if (short.some(({ partition }) => isDamaged(world, partition))) return false
  world.losePower(false)
  const reader = world.store.reader()
  const ledger = world.store.readerPort()
  const store = {
    insert: async (table: string, rows: readonly StoredRow[]) => world.store.accept(table, rows),
  }
  for (const log of short) {
    const { partition } = log
    const fromOffset = reader.readNewestBlocks({ stream: STREAM, partition }, 1).at(-1)?.nextOffset
    if (fromOffset === undefined) continue
    const gap = { partition, fromOffset, toOffset: Math.max(fromOffset, log.startOffset) }
    const place = {
      ...{ topic: STREAM, partitionCount: world.partitions.length, bounds: async () => log.bounds() },
      async *read() {},
    }
    try {
      const words = { verify: TEST_KEY.verify, unsignedVersion: world.geometries[0] }
      const parts = { ledger, store, log: place, clock: () => 0, words }
      await acceptGap({ ...parts, foldVersionMax: world.geometries[1].foldVersion }, gap, 'simulated')
      world.tellGap(gap)
    } catch (error) {
      if (!(error instanceof GapRefusedError)) throw error
    }
    log.isShort = false
  }
  return true
}

function isDamaged({ store, invariants }: World, partition: number): boolean {
  const reader = store.reader()
  const blocks = chooseVerified(reader.readNewestBlocks({ stream: STREAM, partition }, 4))
  const sums = reader.readSumsFrom({ stream: STREAM, partition }, 0)
  const vouchedTo = blocks.at(-1)?.nextOffset ?? 0
  const isAhead = sums.some(({ block }) => block >= vouchedTo)
  return (
    isAhead ||
    invariants.oldestDamaged(partition) !== null ||
    findDiffering(blocks, { sums, identities: [] }) !== undefined
  )
}
