import { NAME_CHARACTERS_MAX } from '@forbruk/schemas/event/check-request.ts'
import {
  type MarkedObstacle,
  type MarkedObstacles,
  OBSTACLES_LISTED_MAX,
} from '@forbruk/schemas/event/log-event.ts'
import { isPlain } from '@forbruk/schemas/text/plain-text.ts'
import type { Obstacle } from './obstacle.ts'

/** What a mark says of them. Pure. */
export function tellObstacles(standing: readonly Obstacle[]): MarkedObstacles {
  const oldestFirst = standing.toSorted((one, other) => one.sinceMs - other.sinceMs)
  const listed = oldestFirst.slice(0, OBSTACLES_LISTED_MAX).map(
    ({ reason, path, sinceMs }): MarkedObstacle => ({
      ...{ reason, path: tellPath(path), sinceMs },
    }),
  )
  return { total: standing.length, listed }
}

/** A machine may call itself anything, or nothing. */
export function tellHost(host: string): string {
  const told = tellPath(host)
  return told !== '' && isPlain(told) ? told : '?'
}

/** A file's name may hold whatever its file system takes. Of a long one the end tells more. */
export function tellPath(path: string): string {
  const printable = path.toWellFormed().replace(/[\p{C}\ufffd]/gu, '?')
  return printable.length <= NAME_CHARACTERS_MAX
    ? printable
    : `…${printable.slice(1 - NAME_CHARACTERS_MAX).replace(/^[\udc00-\udfff]/, '?')}`
}
