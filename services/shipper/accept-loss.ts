import { resolve } from 'node:path'
import type { Obstacle, SettledObstacle } from './obstacles/obstacle.ts'
import { ShipError } from './obstacles/ship-error.ts'
import { tellPath } from './obstacles/tell-obstacles.ts'
import { lockSource } from './progress/lock-source.ts'
import { lockPath, progressPath, readProgress, saveProgress } from './progress/save-progress.ts'
import { settleObstacles } from './settle-obstacles.ts'

type AcceptLossOptions = {
  /** The folder that keeps how far each source has come. */
  readonly stateDir: string
  readonly source: string
  /** As the obstacle names it: a path, or the file's name on the wire. */
  readonly file: string
  readonly reason: string
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * Records that a person gives up what could not be shipped of a file, so that it keeps the source's marks back no
 * longer. It covers what stands there now: what is found later is another question.
 *
 * @throws ShipError when there is no such obstacle, or the source is being shipped.
 */
export async function acceptLoss(options: AcceptLossOptions): Promise<readonly SettledObstacle[]> {
  const { stateDir, source, file, reason, actor, clock } = options
  const path = progressPath(stateDir, source)
  const unlock = lockSource(lockPath(stateDir, source), source)
  try {
    const progress = await readProgress(path, source)
    const isMeant = (one: Obstacle) =>
      [one.path, tellPath(one.path), one.file].includes(file) || one.path === resolve(file)
    const meant = (progress?.obstacles ?? []).filter(isMeant)
    if (progress === null || meant.length === 0)
      throw unknownObstacle(source, file, progress?.obstacles ?? [])
    const settled = meant.map(one => ({ ...one, settled: { reason, actor, atMs: clock() } }))
    await saveProgress(path, settleObstacles(progress, settled))
    return settled
  } finally {
    unlock()
  }
}

function unknownObstacle(source: string, file: string, obstacles: readonly Obstacle[]): ShipError {
  const names = obstacles.map(({ path, reason }) => `${path} (${reason})`)
  const known = names.length === 0 ? 'nothing stands in its way' : `expected one of ${names.join(', ')}`
  return new ShipError(
    `the source ${JSON.stringify(source)} has no obstacle ${JSON.stringify(file)}; ${known}`,
  )
}
