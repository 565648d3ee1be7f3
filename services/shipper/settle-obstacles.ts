import { keyOf, type SettledObstacle } from './obstacles/obstacle.ts'
import type { FileProgress } from './progress/file-progress.ts'
import type { SourceProgress } from './progress/source-progress.ts'

/** Pure: the progress without these obstacles. A file that was begun counts as read to its end. */
export function settleObstacles(
  progress: SourceProgress,
  settled: readonly SettledObstacle[],
): SourceProgress {
  const isLost = ({ file }: FileProgress) => settled.some(one => one.file === file)
  const settledKeys = new Set(settled.map(keyOf))
  return {
    ...progress,
    files: progress.files.map(file => (isLost(file) ? { ...file, done: true } : file)),
    obstacles: progress.obstacles.filter(one => !settledKeys.has(keyOf(one))),
    settled: [...progress.settled, ...settled],
  }
}
