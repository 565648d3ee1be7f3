import type { Obstacle } from '../obstacles/obstacle.ts'
import type { LineCounts } from './ship-lines.ts'

export type ShipProgress = {
  /** The path, as it was given. */
  readonly file: string
  /** Of the file as it lies on disk: compressed bytes of a compressed file. */
  readonly bytesRead: number
  /** Null for standard input. */
  readonly bytesTotal: number | null
  /** Lines read by this run. */
  readonly lines: number
}

/** What one run shipped of one file. */
export type FileSummary = Readonly<LineCounts> & {
  readonly path: string
  /** What the file is known by; null when it is empty. */
  readonly file: string | null
  /** Where an earlier run had stopped; 0 when there was none. */
  readonly resumedFrom: number
  /** How far the file has been shipped, in bytes of its decompressed content. */
  readonly position: number
  readonly note: 'empty' | 'nothing_new' | null
}

/** What one run shipped. */
export type ShipSummary = Readonly<LineCounts> & {
  readonly source: string
  readonly format: string
  readonly files: readonly FileSummary[]
  /** Why the source can't be called complete; its marks go no further while there is any. */
  readonly obstacles: readonly Obstacle[]
  /** True when the run was told to stop before it was through. */
  readonly stopped: boolean
}

export function summarise(
  source: string,
  format: string,
  files: readonly FileSummary[],
  obstacles: readonly Obstacle[],
  stopped: boolean,
): ShipSummary {
  const total = (pick: (file: FileSummary) => number) => files.reduce((sum, file) => sum + pick(file), 0)
  return {
    source,
    format,
    files,
    obstacles,
    stopped,
    lines: total(file => file.lines),
    events: total(file => file.events),
    rejected: total(file => file.rejected),
    blank: total(file => file.blank),
    bytes: total(file => file.bytes),
  }
}
