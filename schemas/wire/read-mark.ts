import { isName, isPosition, isTime } from '../event/check-request.ts'
import {
  isMarkedId,
  type MarkedInstance,
  type MarkedObstacle,
  OBSTACLES_LISTED_MAX,
  type SourceMark,
} from '../event/log-event.ts'
import { isPlain } from '../text/plain-text.ts'

export type WireMark = Omit<SourceMark, 'kind' | 'obstacles' | 'instance'>

export type WireObstructedMark = WireMark & {
  readonly obstacles: readonly MarkedObstacle[]
  readonly obstaclesTotal: number
}

export type WireInstanceMark = WireObstructedMark & Omit<MarkedInstance, 'id'> & { readonly instance: string }

/** Of version 1, as the schema has it; null when it is none that can be. The same below. Pure. */
export function readMark(mark: WireMark): SourceMark | null {
  return isName(mark.file) ? acceptMark(mark) : null
}

export function readObstructedMark(wire: WireObstructedMark): SourceMark | null {
  const { obstacles, obstaclesTotal: total, ...mark } = wire
  // Copied: avsc's own objects have another prototype.
  const listed = obstacles.map(({ reason, path, sinceMs }) => ({ reason, path, sinceMs }))
  const isPossible =
    isPosition(total) &&
    listed.length === Math.min(total, OBSTACLES_LISTED_MAX) &&
    listed.every(({ reason, path, sinceMs }) => isName(reason) && isName(path) && isTime(sinceMs))
  if (!isPossible || (mark.file !== '' && !isName(mark.file))) return null
  const accepted = acceptMark(mark)
  return accepted && { ...accepted, obstacles: { total, listed } }
}

export function readInstanceMark(wire: WireInstanceMark): SourceMark | null {
  const { instance: id, host, run, sequence, wasUnnamed, ...obstructed } = wire
  const isPossible = isMarkedId(id) && isMarkedId(run) && isName(host) && isPlain(host)
  if (!isPossible || !isPosition(sequence) || sequence === 0) return null
  const mark = readObstructedMark(obstructed)
  return mark && { ...mark, instance: { id, host, run, sequence, wasUnnamed } }
}

function acceptMark(mark: WireMark): SourceMark | null {
  const counts = isPosition(mark.position) && isPosition(mark.eventsTotal) && isTime(mark.throughMs)
  if (!counts || !isName(mark.source) || !isName(mark.format)) return null
  return { kind: 'mark', ...mark }
}
