import type { SimulatedEvent, SimulatedRecord } from './simulated-event.ts'

/** Offsets [fromOffset, toOffset) that are given up: a block ends where they begin, and another begins behind them. */
export type Gap = { readonly fromOffset: number; readonly toOffset: number }

export function isLost(offset: number, gaps: readonly Gap[]): boolean {
  return gaps.some(({ fromOffset, toOffset }) => offset >= fromOffset && offset < toOffset)
}

export type Sizes = {
  readonly foldVersion: number
  readonly blockSize: number
  readonly windowSize: number
  readonly pastMaxMs: number | null
  readonly aheadMaxMs: number | null
  readonly controlSequence: number
  readonly partitionCount: number | null
}

/** Where a block begins, by which sizes, and the day (UTC) of its first record; null when it has none. */
export type Cut = { readonly start: number; readonly sizes: Sizes; day: number | null }

/**
 * The blocks of a partition in order: from each multiple of the block size, from the first record of a later day, and
 * from a record that says a higher version, or other limits.
 */
export function cutBlocks(
  records: readonly SimulatedRecord[],
  firstOffset: number,
  endOffset: number,
  ofNewPartition: Sizes,
  gaps: readonly Gap[] = [],
): Cut[] {
  const cuts: Cut[] = []
  let sizes = ofNewPartition
  const ofStream = new Map(records.map(({ offset, events }) => [offset, events.find(isOfStream)]))
  const days = new Map(records.map(({ offset, appendTimeMs }) => [offset, Math.floor(appendTimeMs / DAY_MS)]))
  for (let offset = firstOffset; offset < Math.max(endOffset, firstOffset + 1); offset++) {
    const open = cuts.at(-1)
    if (isLost(offset, gaps)) {
      // Where the partition began, and nothing was counted.
      if (open === undefined) cuts.push({ start: offset, sizes, day: null })
      continue
    }
    const day = days.get(offset) ?? null
    const isLater = day !== null && open !== undefined && open.day !== null && day > open.day
    const isMultiple = offset % sizes.blockSize === 0
    const before = sizes
    sizes = sizesAfter(before, ofStream.get(offset))
    const isBehindGap = gaps.some(({ toOffset }) => toOffset === offset)
    if (open === undefined || isMultiple || isLater || sizes !== before || isBehindGap)
      cuts.push({ start: offset, sizes, day })
    else open.day ??= day
  }
  return cuts
}

type OfStream = Extract<SimulatedEvent, { kind: 'stream_version' | 'stream_limits' | 'stream_growth' }>

export function isOfStream(event: SimulatedEvent): event is OfStream {
  return event.kind === 'stream_version' || event.kind === 'stream_limits' || event.kind === 'stream_growth'
}

const DAY_MS = 86_400_000
const FIRST_LIMITS = { pastMaxMs: 400 * DAY_MS, aheadMaxMs: DAY_MS }

/** The same where the record changes nothing. Version 1 has no limits, and the others have some at any time. */
function sizesAfter(sizes: Sizes, record: OfStream | undefined): Sizes {
  if (record === undefined) return sizes
  // Version 1 knows nothing that is signed.
  const sequenceMin = sizes.foldVersion === 1 ? Number.POSITIVE_INFINITY : sizes.controlSequence
  if (record.sequence !== null && record.sequence <= sequenceMin) return sizes
  const { pastMaxMs, aheadMaxMs, partitionCount } = sizes
  const controlSequence = record.sequence ?? sizes.controlSequence
  if (record.kind === 'stream_growth') {
    if (sizes.foldVersion < 3 || record.partitionCount <= (partitionCount ?? 0)) return sizes
    return { ...sizes, partitionCount: record.partitionCount, controlSequence }
  }
  if (record.kind === 'stream_version') {
    if (record.foldVersion <= sizes.foldVersion) return sizes
    const { foldVersion, blockSize, windowSize } = record
    const limits = sizes.foldVersion === 1 ? FIRST_LIMITS : { pastMaxMs, aheadMaxMs }
    return { foldVersion, blockSize, windowSize, partitionCount, ...limits, controlSequence }
  }
  const isOther = record.pastMaxMs !== pastMaxMs || record.aheadMaxMs !== aheadMaxMs
  if (sizes.foldVersion === 1 || !isOther) return sizes
  return { ...sizes, pastMaxMs: record.pastMaxMs, aheadMaxMs: record.aheadMaxMs, controlSequence }
}
