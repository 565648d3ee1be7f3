import { IntakeRefusedError } from './intake-error.ts'

/**
 * Where a line stands in the foreign topic, as the log knows a line of a file: the topic's partition is the file, and
 * the position grows with the offset and, within a record, with the line's index. So every copy of it is recognised.
 */
export type Place = { readonly offset: number; readonly index: number }

/** A record of more lines is rejected as a whole. */
export const LINES_PER_RECORD_MAX = 2 ** 14
/** Positions stay safe integers: a partition that takes 10 000 records a second comes here after a year and a half. */
const OFFSETS_MAX = 2 ** 53 / LINES_PER_RECORD_MAX

export function fileOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

/** The file in whose name events are missing that a partition lost before they were read. */
export function lostFileOf(topic: string, partition: number, fromOffset: number, toOffset: number): string {
  return `${fileOf(topic, partition)}:${fromOffset}-${toOffset}`
}

export function isLostFile(file: string): boolean {
  return /^[\w.-]+\/\d+:\d+-\d+$/.test(file)
}

/** Throws IntakeRefusedError for an offset that no position has room for. */
export function positionOf({ offset, index }: Place): number {
  if (offset < OFFSETS_MAX) return offset * LINES_PER_RECORD_MAX + index
  throw new IntakeRefusedError(
    'offset_too_high',
    `offset ${offset} has no position; expected offsets below ${OFFSETS_MAX}: have the shipper write to a new topic`,
  )
}

export function placeOf(position: number): Place {
  const offset = Math.floor(position / LINES_PER_RECORD_MAX)
  return { offset, index: position - offset * LINES_PER_RECORD_MAX }
}
