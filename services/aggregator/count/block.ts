import type { StreamLimits, StreamVersion, TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import type { HeldLimits } from './judge-time.ts'

/** How a stream is counted and cut. Stored with every block: every figure is a function of the log and of this. */
export type StreamGeometry = StreamRules & HeldLimits

export type StreamRules = {
  /** Of the rules of decode, admit and fold, and of the two sizes. */
  readonly foldVersion: number
  /** Offsets per block, at most: blocks end at its multiples, and earlier where a day does. */
  readonly blockSize: number
  /** A request id that occurs again within this many offsets is a duplicate. At most `blockSize`. */
  readonly windowSize: number
}

/** The rules of version 1 have no limits. */
const FOLD_VERSION_OF_LIMITS = 2
/** The rules before keep a row of each rejected event, however many a record has. */
const FOLD_VERSION_OF_SUMS = 3
const DAY_MS = 86_400_000
/**
 * Those of a stream until its log says otherwise: last year's logs can be loaded, and a clock may be in another zone.
 * A part of the rules: a stream that goes on from version 1 begins with them.
 */
const FIRST_TIME_LIMITS: TimeLimits = { pastMaxMs: 400 * DAY_MS, aheadMaxMs: DAY_MS }

/**
 * Raised when decode, admit or fold decide anything differently, or the default sizes change. A stream that is counted
 * goes on with its version until its log says otherwise: so the rules of every version down to the oldest are kept.
 */
export const FOLD_VERSION = 3
const FOLD_VERSION_OLDEST = 1

/** Blocks large enough that their rows are few, small enough to be folded again in a second. */
export const DEFAULT_GEOMETRY: StreamGeometry = {
  foldVersion: FOLD_VERSION,
  blockSize: 2 ** 17,
  windowSize: 2 ** 16,
  ...FIRST_TIME_LIMITS,
}

/** A partition is counted by rules that this process doesn't have. */
export class FoldVersionError extends Error {
  override name = 'FoldVersionError'
}

/** Null when this process has the version's rules. */
export function findUnknown(
  where: string,
  foldVersion: number,
  foldVersionMax: number,
): FoldVersionError | null {
  if (foldVersion >= FOLD_VERSION_OLDEST && foldVersion <= foldVersionMax) return null
  return new FoldVersionError(
    `${where} is counted with fold version ${foldVersion}; this forbruk has the rules of ${FOLD_VERSION_OLDEST} to ` +
      `${foldVersionMax}. Run a release that has them; nothing was counted wrongly.`,
  )
}

/** How a partition is counted from its start on: the limits are those of its version. Pure. */
export function firstGeometry({ foldVersion, blockSize, windowSize }: StreamRules): StreamGeometry {
  const limits = knowsLimits({ foldVersion }) ? FIRST_TIME_LIMITS : { pastMaxMs: null, aheadMaxMs: null }
  return { foldVersion, blockSize, windowSize, ...limits }
}

/** The geometry in a row that holds it beside other columns. */
export function geometryOf(row: StreamGeometry): StreamGeometry {
  const { foldVersion, blockSize, windowSize, pastMaxMs, aheadMaxMs } = row
  return { foldVersion, blockSize, windowSize, pastMaxMs, aheadMaxMs }
}

/**
 * How counting goes on behind a record that says a version or limits; null where it changes nothing. A version holds
 * when it is higher, so that a record that comes again, or late, is passed over; limits that the stream has stay. Of
 * limits the last ones in the log hold, and before version 2 none do. Pure.
 */
export function followRecord(
  geometry: StreamGeometry,
  record: StreamVersion | StreamLimits,
): StreamGeometry | null {
  switch (record.kind) {
    case 'stream_version': {
      const { foldVersion, blockSize, windowSize } = record
      if (foldVersion <= geometry.foldVersion) return null
      if (!knowsLimits(geometry)) return firstGeometry({ foldVersion, blockSize, windowSize })
      return { ...geometry, foldVersion, blockSize, windowSize }
    }
    case 'stream_limits': {
      const { pastMaxMs, aheadMaxMs } = record
      const isSame = pastMaxMs === geometry.pastMaxMs && aheadMaxMs === geometry.aheadMaxMs
      return isSame || !knowsLimits(geometry) ? null : { ...geometry, pastMaxMs, aheadMaxMs }
    }
  }
}

export function knowsLimits({ foldVersion }: Pick<StreamGeometry, 'foldVersion'>): boolean {
  return foldVersion >= FOLD_VERSION_OF_LIMITS
}

/** Whether a record's rejected events have a bounded number of rows. */
export function sumsRejected({ foldVersion }: Pick<StreamGeometry, 'foldVersion'>): boolean {
  return foldVersion >= FOLD_VERSION_OF_SUMS
}

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
