import type { StreamRecord, TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import type { HeldLimits } from './judge-time.ts'

/** How a stream is counted and cut. Stored with every block: every figure is a function of the log and of this. */
export type StreamGeometry = StreamRules &
  HeldLimits & {
    /** Of the last signed word that changed any of this; 0 before the first. */
    readonly controlSequence: number
    /** As the log said when the stream grew; null until then. */
    readonly partitionCount: number | null
  }

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
/** From here on what a line's position says is kept, so that it is recognised in whatever partition it comes again. */
const FOLD_VERSION_OF_GROWTH = 3
/** The rules before keep a row of each rejected event, however many a record has. */
const FOLD_VERSION_OF_SUMS = 3
/** The rules before believe a mark by as much ahead of the log's clock as an event. */
const FOLD_VERSION_OF_MARKS_BEHIND = 3
/** The rules before take marks of all shippers of a source for those of one. */
const FOLD_VERSION_OF_INSTANCES = 3
const DAY_MS = 86_400_000
/**
 * Those of a stream until its log says otherwise: last year's logs can be loaded, and a clock may be in another zone.
 * A part of the rules: a stream that goes on from version 1 begins with them.
 */
export const FIRST_TIME_LIMITS: TimeLimits = { pastMaxMs: 400 * DAY_MS, aheadMaxMs: DAY_MS }

/**
 * Raised when decode, admit or fold decide anything differently, or the default sizes change. A stream that is counted
 * goes on with its version until its log says otherwise: so the rules of every version down to the oldest are kept.
 */
export const FOLD_VERSION = 3
/** The last version that an unsigned record says: release 0.2.0 must stop at it, and knows no signature. */
const FOLD_VERSION_UNSIGNED = 2
const FOLD_VERSION_OLDEST = 1

/** Blocks large enough that their rows are few, small enough to be folded again in a second. */
export const DEFAULT_GEOMETRY: StreamGeometry = {
  foldVersion: FOLD_VERSION,
  blockSize: 2 ** 17,
  windowSize: 2 ** 16,
  ...FIRST_TIME_LIMITS,
  controlSequence: 0,
  partitionCount: null,
}

/** The rules with which a stream of release 0.2.0 goes on. */
export const UNSIGNED_VERSION: StreamRules = {
  foldVersion: FOLD_VERSION_UNSIGNED,
  blockSize: 2 ** 17,
  windowSize: 2 ** 16,
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
  return { foldVersion, blockSize, windowSize, ...limits, controlSequence: 0, partitionCount: null }
}

/** The geometry in a row that holds it beside other columns. */
export function geometryOf(row: StreamGeometry): StreamGeometry {
  const { foldVersion, blockSize, windowSize, pastMaxMs, aheadMaxMs, controlSequence, partitionCount } = row
  return { foldVersion, blockSize, windowSize, pastMaxMs, aheadMaxMs, controlSequence, partitionCount }
}

/**
 * How counting goes on behind a record of the stream; null where it changes nothing. A version and a number of
 * partitions hold when they are higher, so that a record that comes again, or late, is passed over; limits that the
 * stream has stay. Of limits the last ones in the log hold, and before version 2 none do. A signed record holds where
 * its number is higher than that of the last one that held: who copies it to the end of the log changes nothing. Pure.
 * @param sequence of a signed record; else null
 */
export function followRecord(
  geometry: StreamGeometry,
  record: StreamRecord,
  sequence: number | null,
): StreamGeometry | null {
  if (sequence !== null && sequence <= geometry.controlSequence) return null
  const changed = changeBy(geometry, record)
  return changed && { ...changed, controlSequence: sequence ?? geometry.controlSequence }
}

function changeBy(geometry: StreamGeometry, record: StreamRecord): StreamGeometry | null {
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
    case 'stream_growth': {
      const { partitionCount } = record
      const isHigher = partitionCount > (geometry.partitionCount ?? 0)
      return isHigher && knowsGrowth(geometry) ? { ...geometry, partitionCount } : null
    }
  }
}

export function knowsLimits({ foldVersion }: Pick<StreamGeometry, 'foldVersion'>): boolean {
  return foldVersion >= FOLD_VERSION_OF_LIMITS
}

export function knowsGrowth({ foldVersion }: Pick<StreamGeometry, 'foldVersion'>): boolean {
  return foldVersion >= FOLD_VERSION_OF_GROWTH
}

/** Whether a mark may say which shipper of its source it is by. */
export function knowsInstances({ foldVersion }: Pick<StreamGeometry, 'foldVersion'>): boolean {
  return foldVersion >= FOLD_VERSION_OF_INSTANCES
}

/** Whether a record's rejected events have a bounded number of rows. */
export function sumsRejected({ foldVersion }: Pick<StreamGeometry, 'foldVersion'>): boolean {
  return foldVersion >= FOLD_VERSION_OF_SUMS
}

/**
 * By how much a mark may be ahead of the log's clock. A source whose clock is ahead, and which ends then, would vouch
 * for hours of which it has seen nothing. Null: by any.
 */
export function markAheadMaxMs({ foldVersion, aheadMaxMs }: StreamGeometry): number | null {
  return foldVersion >= FOLD_VERSION_OF_MARKS_BEHIND ? 0 : aheadMaxMs
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
