import type { TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import { encodeStreamLimits } from '@forbruk/schemas/wire/encode.ts'
import { DEFAULT_GEOMETRY } from '../count/block.ts'
import type { Control } from './append-controls.ts'
import { findRegistered, type RegisterParts, sayBehindVersion } from './register-stream.ts'

/**
 * Has a stream counted within other limits, by a signed record in each partition: so they begin at the same place for
 * every process and every replay. Answers in how many partitions that was new. Throws what `findRegistered` throws.
 */
export async function limitTimes(
  parts: RegisterParts,
  { pastMaxMs, aheadMaxMs }: TimeLimits,
): Promise<number> {
  const { ledger, log } = parts
  // Before the limits stands a version that knows of them, which an older release does not pass.
  const registered = await findRegistered(parts, DEFAULT_GEOMETRY)
  const standings = await ledger.readStandings(log.topic)
  const payload = encodeStreamLimits({ pastMaxMs, aheadMaxMs })
  const controls: Control[] = []
  for (let partition = 0; partition < registered.partitionCount; partition++) {
    const standing = standings.get(partition)
    const held = standing ?? registered.ofNewPartition(partition)
    const { startOffset, endOffset } = await log.bounds(partition)
    // What is not counted yet may say other ones.
    const isCounted = (standing?.nextOffset ?? startOffset) >= endOffset
    const isSame = held.pastMaxMs === pastMaxMs && held.aheadMaxMs === aheadMaxMs
    if (!isCounted || !isSame) controls.push({ partition, payload })
  }
  await sayBehindVersion(parts, registered, controls)
  return controls.length
}
