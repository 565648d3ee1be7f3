import type { FileFacts } from '../files/log-files.ts'
import { FileError } from '../obstacles/ship-error.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import { HEAD_BYTES_MAX, type Start } from '../progress/identify-file.ts'
import { isProvedPlace, isSamePlace } from '../progress/place.ts'
import type { KnownStart } from '../progress/source-progress.ts'

/** Two files don't agree in so many lines, times included, unless one is a copy of the other. */
const LINES_OF_A_COPY = 8

/** How much a file holds of one that is known: everything that was shipped of it, less, or something else. */
export type Holding = 'all' | 'less' | 'other'

export type Candidate = {
  readonly start: Start
  /** Null for a stream. */
  readonly facts: FileFacts | null
  readonly isCompressed: boolean
  /** It is being written under the name that is followed; a copy of another file is not. */
  readonly isLive: boolean
  /** Looks at where the known one's shipping stopped. Asked only when the starts agree. */
  readonly holds: (known: FileProgress) => Promise<Holding>
  /** Whether the known one lies in another file at this moment; null when that has to be looked up first. */
  readonly isElsewhere: (known: FileProgress, facts: FileFacts) => boolean | null
}

export type Recognised =
  /** `less`: an earlier copy, with nothing new in it. */
  | { readonly kind: 'known'; readonly known: FileProgress; readonly holds: 'all' | 'less' }
  /** `file`: what it is called on the wire from now on. */
  | { readonly kind: 'new'; readonly file: string }
  /** It may be that one, or another one that has begun alike so far. */
  | { readonly kind: 'undecided'; readonly like: FileProgress }

/**
 * Which file it is of those that are known, by its content first, and where that doesn't settle it by device and inode.
 * `kin` are the known files with the same first line. What can't be told apart is left undecided.
 */
export async function recognise(candidate: Candidate, kin: readonly FileProgress[]): Promise<Recognised> {
  const less: FileProgress[] = []
  const alike = kin.filter(known => agree(candidate.start, known))
  const byLikeness = (one: FileProgress, other: FileProgress) =>
    linesInCommon(candidate.start, other) - linesInCommon(candidate.start, one) ||
    other.position - one.position
  for (const known of alike.toSorted(byLikeness)) {
    // One that agrees in fewer lines is not it.
    const [closest] = less
    if (
      closest !== undefined &&
      linesInCommon(candidate.start, known) < linesInCommon(candidate.start, closest)
    )
      break
    const isShort = hasFewerLines(candidate, known) && !isCopy(candidate.start, known)
    const holding = isShort ? 'less' : await candidate.holds(known)
    if (holding === 'less') less.push(known)
    if (holding !== 'all') continue
    switch (judgeWhole(candidate, known)) {
      case 'same':
        return { kind: 'known', known, holds: 'all' }
      case 'undecided':
        return { kind: 'undecided', like: known }
      case 'other':
    }
  }
  const [longest] = less
  if (longest !== undefined) return judgePart(candidate, longest)
  const [first] = kin
  if (first === undefined) return { kind: 'new', file: candidate.start.file }
  const file = nameFurther(candidate.start, kin)
  return file === null ? { kind: 'undecided', like: first } : { kind: 'new', file }
}

/** It holds all that was shipped of the known one. */
function judgeWhole(candidate: Candidate, known: FileProgress): 'same' | 'other' | 'undecided' {
  const { start, facts, isLive } = candidate
  // It was cut to nothing, so that it is a copy, if anything; an earlier version didn't keep where a file lay.
  if (known.place === null || isCopy(start, known)) return 'same'
  if (known.wasGone === true && !isProvedPlace(known.place, facts)) return 'undecided'
  const isElsewhere = facts === null ? false : candidate.isElsewhere(known, facts)
  if (isElsewhere === null) return 'undecided'
  if (!isLive) return isElsewhere || isOther(candidate, known) ? 'undecided' : 'same'
  if (isSamePlace(known.livePlace, facts)) return isElsewhere || hasLeft(known) ? 'undecided' : 'same'
  // The log was renamed, and the gateway has begun it anew. Of what never was the log this may be the original.
  return known.livePlace !== null && isElsewhere ? 'other' : 'undecided'
}

/** It was seen under another name since it was the log: what has its number now may be another file. */
function hasLeft({ done, isOpenEnded, place, livePlace }: FileProgress): boolean {
  return (done && isOpenEnded !== true) || !isSamePlace(place, livePlace)
}

/**
 * It has lines that the other didn't have: a plain file gets more where it lies, a compressed one none once it was read
 * to its end.
 */
function isOther({ start, facts, isCompressed }: Candidate, known: FileProgress): boolean {
  const hasMore = start.lineDigests.length > known.lineDigests.length
  return hasMore && (isCompressed ? known.done : !isSamePlace(known.place, facts))
}

/** It ends before where the known one's shipping stopped: an earlier copy, or another file that may go on otherwise. */
function judgePart(candidate: Candidate, known: FileProgress): Recognised {
  const { isLive, facts } = candidate
  const mayGrow = isLive || isSamePlace(known.place, facts) || isSamePlace(known.livePlace, facts)
  return !mayGrow && isCopy(candidate.start, known)
    ? { kind: 'known', known, holds: 'less' }
    : { kind: 'undecided', like: known }
}

export function isCopy(start: Pick<Start, 'lineDigests' | 'headBytes'>, known: FileProgress): boolean {
  return linesInCommon(start, known) >= LINES_OF_A_COPY || start.headBytes >= HEAD_BYTES_MAX
}

/** It begins with all the lines of the other that are looked at, or with all of its own, and these are many. */
export function isCopyOf(start: Pick<Start, 'lineDigests'>, other: Pick<Start, 'lineDigests'>): boolean {
  return agree(start, other) && linesInCommon(start, other) >= LINES_OF_A_COPY
}

function linesInCommon(start: Pick<Start, 'lineDigests'>, known: Pick<Start, 'lineDigests'>): number {
  return Math.min(start.lineDigests.length, known.lineDigests.length)
}

/** Of two sources: a copy, or the very same file. What begins alike so far is not taken for one. */
export function isSameFile(one: KnownStart, other: KnownStart): boolean {
  if (firstLineOf(one) !== firstLineOf(other) || !agree(one, other)) return false
  return isSamePlace(one.place, other.place) || isCopyOf(one, other)
}

/** The digest of a file's first line, by which every name of it begins. */
function firstLineOf({ file }: KnownStart): string {
  return file.split('-', 1)[0] ?? file
}

/** In every line of the start that is known of both. */
export function agree(
  { lineDigests }: Pick<Start, 'lineDigests'>,
  known: Pick<Start, 'lineDigests'>,
): boolean {
  const last = Math.min(lineDigests.length, known.lineDigests.length) - 1
  return last < 0 || lineDigests[last] === known.lineDigests[last]
}

/** A stream's lines are not all there yet. */
function hasFewerLines({ start, facts }: Candidate, known: FileProgress): boolean {
  return facts !== null && start.lineDigests.length < known.lineDigests.length
}

/**
 * The first file that begins with a line is called by the digest of that line, as ever; a further one also by the
 * digest through the first line in which it differs from all the others. Null while there is no such line.
 */
export function nameFurther({ file, lineDigests }: Start, kin: readonly FileProgress[]): string | null {
  const line = lineDigests.findIndex(
    (digest, index) => index > 0 && kin.every(known => known.lineDigests[index] !== digest),
  )
  return line === -1 ? null : `${file}-${lineDigests[line]}`
}

export function notToldFrom(path: string, like: FileProgress): FileError {
  return new FileError('alike', explainAlike(path, like))
}

export function explainAlike(path: string, like: FileProgress): string {
  return (
    `${path}: begins like ${like.path}, which was shipped through byte ${like.position}, and can't be told from it ` +
    'so far. It is not read: whether its lines were shipped is not known'
  )
}
