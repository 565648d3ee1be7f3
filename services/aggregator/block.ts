/** How a stream is cut. Stored with every block: every figure is a function of the log and of this. */
export type StreamGeometry = {
  /** Offsets per block, at most: blocks end at its multiples, and earlier where a day does. */
  readonly blockSize: number
  /** A request id that occurs again within this many offsets is a duplicate. At most `blockSize`. */
  readonly windowSize: number
}

/** Blocks large enough that their rows are few, small enough to be folded again in a second. */
export const DEFAULT_GEOMETRY: StreamGeometry = { blockSize: 2 ** 17, windowSize: 2 ** 16 }

/** Raised when decode, admit or fold decide anything differently; recorded with every block. */
export const FOLD_VERSION = 1

const DAY_MS = 86_400_000

/** Where a block that begins at `firstOffset` ends, if no day ends before. */
export function alignedEnd(firstOffset: number, { blockSize }: Pick<StreamGeometry, 'blockSize'>): number {
  return (Math.floor(firstOffset / blockSize) + 1) * blockSize
}

/** Days since the epoch, UTC. */
export function dayOf(appendTimeMs: number): number {
  return Math.floor(appendTimeMs / DAY_MS)
}

/**
 * A block also ends before the first record that was appended at or after this time, by its first record's: so that no
 * block waits for months to fill, and none needs what retention has deleted. Append times may go back a little; a
 * record of an earlier day ends nothing.
 */
export function dayEndMs(firstAppendTimeMs: number): number {
  return (dayOf(firstAppendTimeMs) + 1) * DAY_MS
}
