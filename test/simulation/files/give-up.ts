import type { SourceProgress } from '../../../services/shipper/progress/source-progress.ts'
import { settleObstacles } from '../../../services/shipper/settle-obstacles.ts'
import { Violation } from '../violation.ts'
import type { Gateway } from './gateway.ts'
import { LOG } from './rotator.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import type { CountedLog } from './simulated-log.ts'

/**
 * A person gives up all that stands in the way: what is missing by then may be missing for ever. But for what a log
 * holds behind the line that it has in common with another one: it is to be shipped.
 */
export function giveUp(
  saved: SourceProgress | null,
  disk: SimulatedDisk,
  gateway: Gateway,
  counted: CountedLog,
): SourceProgress {
  if (saved === null) throw new Violation('nothing was saved, and something stands in the way')
  const live = disk.at(LOG)
  const isAlike = saved.obstacles.some(({ reason, path }) => reason === 'alike' && path === LOG)
  const kept = new Set(isAlike && live !== undefined ? gateway.lines.get(live)?.slice(1) : [])
  for (const line of counted.missing) line.isDestroyed = !kept.has(line)
  const settled = { reason: 'it is lost', actor: 'kari', atMs: 0 }
  return settleObstacles(
    saved,
    saved.obstacles.map(one => ({ ...one, settled })),
  )
}
