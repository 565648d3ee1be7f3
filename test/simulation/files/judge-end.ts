import { readStart } from '../../../services/shipper/progress/identify-file.ts'
import { isSamePlace } from '../../../services/shipper/progress/place.ts'
import type { SourceProgress } from '../../../services/shipper/progress/source-progress.ts'
import { Violation } from '../violation.ts'
import type { Outcome } from './outcome.ts'
import { AWAY_FOLDER } from './rotator.ts'
import { describe, type SimulatedDisk } from './simulated-disk.ts'
import type { CountedLog } from './simulated-log.ts'

const BEHIND_MS_MAX = 200_000

/** What is saved and what the marks say are the same, in each partition. */
export function judgeTold(saved: SourceProgress | null, counted: CountedLog): void {
  const standing = (saved?.obstacles ?? []).map(({ reason, path }) => `${reason} ${path}`).sort()
  for (const { total, listed } of counted.told) {
    const told = listed.map(({ reason, path }) => `${reason} ${path}`).sort()
    if (total !== standing.length || told.join() !== standing.join())
      throw new Violation(`in the way: ${standing.join() || 'nothing'}; told: ${told.join() || 'nothing'}`)
  }
}

/** With everything quiet, and nothing in the way any more. */
export function judgeEnd(reasons: readonly string[], counted: CountedLog, nowMs: number): Outcome {
  const [missing] = counted.missing
  if (missing !== undefined) {
    throw new Violation(`line ${missing.number} is missing, and nothing is said of it`)
  }
  const behindMs = nowMs - counted.throughMs
  if (behindMs > BEHIND_MS_MAX) throw new Violation(`all is shipped, and the marks are ${behindMs} ms behind`)
  return reasons.length > 0 ? { kind: 'settled', reasons } : { kind: 'complete' }
}

/** A file that is said to have gone out of sight, and lies where a shipper looks. */
export function findFalse(
  saved: SourceProgress | null,
  folders: readonly string[],
  disk: SimulatedDisk,
): void {
  for (const { reason, file } of saved?.obstacles ?? []) {
    if (reason !== 'neighbour_missing' || file === null) continue
    const place = saved?.files.find(known => known.file === file)?.place
    const path = disk.paths.find(path => {
      const inode = disk.at(path)
      const start = inode === undefined ? null : readStart(inode.content, false)
      return (
        inode !== undefined &&
        start !== null &&
        file.startsWith(start.file) &&
        isSamePlace(place ?? null, describe(inode))
      )
    })
    const isSeen =
      path !== undefined && (!path.startsWith(`${AWAY_FOLDER}/`) || folders.includes(AWAY_FOLDER))
    if (isSeen) throw new Violation(`${file} is said to be out of sight, and lies at ${path}`)
  }
}
