import type { StreamGeometry } from '@forbruk/aggregator/count/block.ts'
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

export function pickGeometry(foldVersion: number, random: Random): StreamGeometry {
  const blockSize = random.pick([4, 8, 16, 32])
  const limits = foldVersion === 1 ? { pastMaxMs: null, aheadMaxMs: null } : pickLimits(random)
  return { foldVersion, blockSize, windowSize: random.between(1, blockSize), ...limits }
}
