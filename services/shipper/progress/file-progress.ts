import { endOf, LINE_START_BYTES, type Line } from '../lines/read-lines.ts'
import { digestOf } from './identify-file.ts'
import { isSamePlace, type Place, placeOf } from './place.ts'

/** How far one file of a source has been shipped. A value: it is what gets saved. */
export type FileProgress = {
  readonly file: string
  /** Where it was read last; `-` for standard input. */
  readonly path: string
  readonly format: string
  /** Every line that starts below it was shipped. */
  readonly position: number
  /** The last line shipped: a file that begins alike must also hold this line here. */
  readonly lastLine: LastLine | null
  /**
   * Events and rejected lines sent to each partition, each counted once. As many as the log had when the file was
   * begun: its lines are shared out among these for good, so that a line that is sent again comes where it came before.
   */
  readonly partitionCounts: readonly number[]
  /** The latest time of its events, or null when it has none. */
  readonly highestMs: number | null
  /** When the file itself was written last; 0 for standard input. */
  readonly modifiedMs: number
  /** It was read to its end and isn't followed any more. */
  readonly done: boolean
  /** Of its first lines, as far as they are known. */
  readonly lineDigests: readonly string[]
  /** Where it lay when it was read last; null for a stream. */
  readonly place: Place | null
  /** Where it lay while the gateway wrote to it under the name that is followed; null when it never was seen so. */
  readonly livePlace: Place | null
  /** What lines that were read say of those after it, in a format of which they do: its columns, or a line begun. */
  readonly header?: string | undefined
  /** More of it than was saved may have been sent from another place, of which what lies here may be a copy. */
  readonly sentElsewhere?: boolean | undefined
  /** Done, as its end was then: nobody followed it, and a gateway may have written on. */
  readonly isOpenEnded?: boolean | undefined
  /** It lay nowhere when it was looked for: what has its number since, or begins like it, may be another file. */
  readonly wasGone?: boolean | undefined
}

export type LastLine = { readonly position: number; readonly bytes: number; readonly digest: string }

/** The same while lines are being read. */
export class LiveFile {
  readonly file: string
  /** As it was when reading it began. */
  readonly begun: FileProgress
  format: string
  path: string
  position: number
  highestMs: number | null
  modifiedMs: number
  done: boolean
  lineDigests: readonly string[]
  place: Place | null
  livePlace: Place | null
  header: string | null
  /** All that lay where an earlier run had read it was read again: nothing of it is sent that isn't known here. */
  isCaughtUp = false
  sentElsewhere: boolean
  isOpenEnded: boolean
  wasGone: boolean
  readonly #partitionCounts: number[]
  #savedLastLine: LastLine | null
  #lastLine: Line | null = null

  constructor(saved: FileProgress) {
    this.file = saved.file
    this.begun = saved
    this.format = saved.format
    this.path = saved.path
    this.position = saved.position
    this.highestMs = saved.highestMs
    this.modifiedMs = saved.modifiedMs
    this.done = saved.done
    this.lineDigests = saved.lineDigests
    this.place = saved.place
    this.livePlace = saved.livePlace
    this.header = saved.header ?? null
    this.sentElsewhere = saved.sentElsewhere ?? false
    this.isOpenEnded = saved.isOpenEnded ?? false
    this.wasGone = saved.wasGone ?? false
    this.#partitionCounts = [...saved.partitionCounts]
    this.#savedLastLine = saved.lastLine
  }

  /**
   * Whether an earlier run may have sent more of it than it saved, and than what lies at a place holds. What has grown
   * where it was read last still holds all that was sent; a copy may end before that.
   */
  mayBeSentBeyond(place: Place | null): boolean {
    const { place: lay, livePlace, position } = this.begun
    const isResumed = lay !== null || livePlace !== null || position > 0
    if (!isResumed || this.isCaughtUp) return false
    return this.sentElsewhere || !isSamePlace(lay, place)
  }

  /** All that lies at a place was read. */
  readAll(place: Place): void {
    if (!this.sentElsewhere && isSamePlace(this.begun.place, place)) this.isCaughtUp = true
  }

  /** A line was shipped, or was blank and needn't be. */
  passLine(line: Line): void {
    this.position = endOf(line)
    this.#lastLine = line
  }

  /** Answers whether that is news. */
  lieAt(place: Place, isLive: boolean): boolean {
    const before = isLive ? this.livePlace : this.place
    this.sentElsewhere ||= this.mayBeSentBeyond(place)
    this.place = placeOf(place)
    if (isLive) this.livePlace = this.place
    return !isSamePlace(before, this.place)
  }

  /** It was cut to nothing where it lay. */
  leave(): void {
    this.place = null
  }

  /** Among how many its lines are shared out. */
  get partitionCount(): number {
    return this.#partitionCounts.length
  }

  countEvent(partition: number): void {
    this.#partitionCounts[partition] = (this.#partitionCounts[partition] ?? 0) + 1
  }

  snapshot(): FileProgress {
    if (this.#lastLine !== null) this.#savedLastLine = describeLastLine(this.#lastLine)
    this.#lastLine = null
    const { file, path, format, position, highestMs, modifiedMs, done, lineDigests, place, livePlace } = this
    const partitionCounts = [...this.#partitionCounts]
    return {
      file,
      path,
      format,
      position,
      lastLine: this.#savedLastLine,
      partitionCounts,
      highestMs,
      modifiedMs,
      done,
      lineDigests,
      place,
      livePlace,
      ...(this.header === null ? {} : { header: this.header }),
      ...(this.sentElsewhere ? { sentElsewhere: true } : {}),
      ...(this.isOpenEnded ? { isOpenEnded: true } : {}),
      ...(this.wasGone ? { wasGone: true } : {}),
    }
  }
}

function describeLastLine(line: Line): LastLine {
  const start = line.bytes.subarray(0, LINE_START_BYTES)
  return { position: line.position, bytes: start.length, digest: digestOf(start) }
}

export function startProgress(
  file: string,
  path: string,
  format: string,
  partitionCount: number,
): FileProgress {
  return {
    file,
    path,
    format,
    position: 0,
    lastLine: null,
    partitionCounts: Array.from({ length: partitionCount }, () => 0),
    highestMs: null,
    modifiedMs: 0,
    done: false,
    lineDigests: [],
    place: null,
    livePlace: null,
  }
}
