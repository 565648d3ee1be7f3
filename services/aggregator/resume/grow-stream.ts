import type { Standing } from '@forbruk/infra/ledger/blocks/progress.ts'
import { countedPartitions } from '@forbruk/infra/ledger/blocks/stream.ts'
import type { TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import { encodeStreamGrowth, encodeStreamLimits, encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import { DEFAULT_GEOMETRY, FIRST_TIME_LIMITS } from '../count/block.ts'
import { findRegistered, type RegisterParts, sayBehindVersion } from './register-stream.ts'

/** The stream can't grow: nothing was appended. */
export class GrowthRefusedError extends Error {
  override name = 'GrowthRefusedError'
}

export type Grown = {
  /** How many partitions were counted before, and are from now on. */
  readonly from: number
  readonly to: number
  /** Records in the others. */
  readonly waiting: number
  /** How many partitions lacked the record that says so. */
  readonly partitionsTold: number
}

/**
 * Has a stream counted with all the partitions that its topic has got: by a record in each of them, so that the change
 * stands where every process and every replay finds it. The new ones get the version and the limits as well. Repeating
 * it, after it was killed or beside another, only says the same once more; where everything says so already it appends
 * nothing. Throws GrowthRefusedError where nothing is counted yet, and what `findRegistered` throws.
 * @param dryRun only looks
 */
export async function growStream(parts: RegisterParts, dryRun: boolean): Promise<Grown> {
  const { ledger, log } = parts
  const { topic } = log
  const stored = await ledger.readStream(topic)
  if (stored === null) {
    throw new GrowthRefusedError(
      `nothing of ${topic} is counted yet: it begins with all the partitions that it has`,
    )
  }
  // Hears of partitions that the topic has got.
  await log.bounds(0)
  const all = Array.from({ length: log.partitionCount }, (_, partition) => partition)
  const from = countedPartitions(stored, await ledger.readGrowths(topic))
  const standings = await ledger.readStandings(topic)
  const isTold = (partition: number) => (standings.get(partition)?.partitionCount ?? 0) >= all.length
  const untold = all.length === stored.partitionCount ? [] : all.filter(partition => !isTold(partition))
  const bounds = await Promise.all(all.slice(from).map(partition => log.bounds(partition)))
  const waiting = bounds.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0)
  const grown = { from, to: all.length, waiting, partitionsTold: untold.length }
  if (dryRun || untold.length === 0) return grown
  // Before the growth stands a version that knows of it, which an older release does not pass.
  const registered = await findRegistered(parts, DEFAULT_GEOMETRY)
  const ofNew = [encodeStreamVersion(DEFAULT_GEOMETRY), encodeStreamLimits(newestLimits(standings))]
  const growth = encodeStreamGrowth({ partitionCount: all.length })
  await sayBehindVersion(
    parts,
    registered,
    untold.flatMap(partition =>
      [...(partition < from ? [] : ofNew), growth].map(payload => ({ partition, payload })),
    ),
  )
  return grown
}

/** Where the last word was counted of all: one partition may be counted further than another. */
function newestLimits(standings: ReadonlyMap<number, Standing>): TimeLimits {
  const [newest] = [...standings.values()].toSorted(
    (one, other) => other.controlSequence - one.controlSequence,
  )
  const { pastMaxMs = null, aheadMaxMs = null } = newest ?? {}
  return pastMaxMs === null || aheadMaxMs === null ? FIRST_TIME_LIMITS : { pastMaxMs, aheadMaxMs }
}
