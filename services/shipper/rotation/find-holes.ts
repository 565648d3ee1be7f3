import type { RotatedFile } from '../files/find-rotated.ts'
import type { FoundObstacle } from '../obstacles/obstacles.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import type { Round } from './survey-round.ts'

/**
 * Where files are numbered, none may be missing between one that is known and the log, but those that were known too:
 * they were begun after that one, and were deleted since.
 */
export function findHoles(
  log: string,
  rotated: readonly RotatedFile[],
  round: Round,
  known: readonly FileProgress[],
): readonly FoundObstacle[] {
  const order = known.map(({ file }) => file).filter(file => !round.isLive(file))
  const numbered = rotated
    .flatMap(({ path, number }) =>
      number === null ? [] : [{ number, at: order.indexOf(round.fileAt(path) ?? '') }],
    )
    .sort((one, other) => one.number - other.number)
  const holes: { number: number; file: string }[] = []
  let younger = { number: 0, at: order.length }
  for (const { number, at } of numbered) {
    const missing = number - younger.number - 1
    const file = order[at]
    // Copies may be numbered upwards: then the number between two of them is none.
    if (file !== undefined && missing > Math.max(0, younger.at - at - 1))
      holes.push({ number: number - 1, file })
    if (number > younger.number) younger = { number, at: at === -1 ? younger.at : at }
  }
  if (holes.length === 0) return []
  const numbers = holes.map(({ number }) => number).join(', ')
  const detail =
    `${log}: number ${numbers} is missing between the files into which it was rotated; ` +
    'lines in it could not be shipped'
  const version = holes.map(({ file }) => file).join(' ')
  return [{ reason: 'neighbour_missing', path: log, log, file: null, detail, version }]
}
