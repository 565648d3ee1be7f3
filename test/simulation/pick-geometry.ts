import { firstGeometry, type StreamGeometry } from '@forbruk/aggregator/count/block.ts'
import type { TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import type { Random } from './random.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Narrow ones as well, which what comes late or from another day does not keep. */
export function pickLimits(random: Random): TimeLimits {
  return {
    pastMaxMs: random.pick([HOUR_MS, 2 * DAY_MS, 30 * DAY_MS, 400 * DAY_MS]),
    aheadMaxMs: random.pick([HOUR_MS, DAY_MS, 30 * DAY_MS]),
  }
}

type Geometries = {
  /** Of the release that began the stream, and of the one that follows it. */
  readonly geometries: readonly [StreamGeometry, StreamGeometry]
  /** To which a stream of version 1 goes on first, whatever comes next. */
  readonly unsignedVersion: StreamGeometry
}

export function pickGeometries(random: Random): Geometries {
  const foldVersion = random.pick([1, 2, 2, 3])
  const nextVersion = foldVersion === 1 ? random.pick([2, 3]) : foldVersion + 1
  const first = pickGeometry(foldVersion, random)
  const second = pickGeometry(nextVersion, random)
  const known = [first, second].find(geometry => geometry.foldVersion === 2)
  return { geometries: [first, second], unsignedVersion: known ?? pickGeometry(2, random) }
}

function pickGeometry(foldVersion: number, random: Random): StreamGeometry {
  const blockSize = random.pick([4, 8, 16, 32])
  return firstGeometry({ foldVersion, blockSize, windowSize: random.between(1, blockSize) })
}
