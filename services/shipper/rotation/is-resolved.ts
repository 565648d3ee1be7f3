import type { FileFacts } from '../files/log-files.ts'
import { plainName } from '../files/rotated-name.ts'
import type { Obstacle } from '../obstacles/obstacle.ts'
import { isProvedPlace, isSamePlace, type Place } from '../progress/place.ts'

export type SeenFile = {
  readonly path: string
  readonly facts: FileFacts
  /** What it is called on the wire; null where it isn't begun. */
  readonly file: string | null
}

/** What a look at all the files of a log has found. */
export type Seen = {
  readonly files: readonly SeenFile[]
  /** Files that were known before that look. */
  readonly before: ReadonlySet<string>
  readonly hasMet: (file: string) => boolean
}

/**
 * Whether what stood in the way, and wasn't found any more, is seen to be out of it. With what showed it gone, it only
 * can't be seen any more: then it is a person's to settle. Pure.
 */
export function isResolved(obstacle: Obstacle, seen: Seen): boolean {
  const { reason, file, version } = obstacle
  // Of a file that was begun its progress tells.
  if (file !== null) return true
  if (reason === 'neighbour_missing') return version === null || version.split(' ').every(seen.hasMet)
  const { place } = obstacle
  return place === undefined || seen.files.some(now => isAgain({ ...obstacle, place }, now, seen))
}

/** It was renamed, or was mended, or has grown, so that it could be read. */
function isAgain(
  { path, log, place, firstLine }: Obstacle & { readonly place: Place },
  now: SeenFile,
  { before }: Seen,
): boolean {
  if (isProvedPlace(place, now.facts)) return true
  if (now.file === null) return false
  const isNew = !before.has(now.file)
  if (isSamePlace(place, now.facts)) return firstLine === undefined ? isNew : now.file.startsWith(firstLine)
  // Under the log's own name there is always another one.
  return isNew && now.path !== log && plainName(now.path) === plainName(path)
}
