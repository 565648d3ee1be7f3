import type { EventLog, LogBounds } from '@forbruk/infra/log/event-log.ts'
import { BLOCK_SIZE, blockEnd, blockStart, FOLD_VERSION, WINDOW_SIZE } from './block.ts'
import type { ResumePoint } from './partition-fold.ts'
import type { LedgerBlock, LedgerReader, Place, RollupSum } from './read-ledger.ts'

/** After a power loss only the newest blocks can have lost rows that the ledger vouches for. */
const BLOCKS_VERIFIED = 4

export type Resume = { readonly point: ResumePoint; readonly readFromOffset: number }

/**
 * Where to go on with a partition, by the ledger alone: at the start of its open block, or of the first of the newest
 * blocks whose rollup rows don't add up to their ledger row.
 */
export async function resumePartition(
  ledger: LedgerReader,
  log: Pick<EventLog, 'topic' | 'bounds'>,
  partition: number,
): Promise<Resume> {
  const place = { stream: log.topic, partition }
  const bounds = await log.bounds(partition)
  // One more than is verified: the window before the oldest of them may reach into it.
  const blocks = await ledger.readNewestBlocks(place, BLOCKS_VERIFIED + 1)
  const verified = blocks.slice(-BLOCKS_VERIFIED)
  const sums = await ledger.readRollupSums(place, verified.at(0)?.block ?? 0)
  const foldFromOffset = chooseFoldStart(verified, sums, bounds)
  const readFromOffset = chooseReadStart(blocks, foldFromOffset)
  assertLogHolds(place, bounds, readFromOffset, blocks.at(-1)?.next_offset ?? readFromOffset)
  const sources = await ledger.readSources(place, Math.floor(foldFromOffset / BLOCK_SIZE))
  const stored = new Map(
    blocks
      .filter(block => block.first_offset >= foldFromOffset && block.fold_version === FOLD_VERSION)
      .map(block => [
        block.block,
        { nextOffset: block.next_offset, events: block.events, fingerprint: block.fingerprint },
      ]),
  )
  return { point: { ...place, foldFromOffset, sources, stored }, readFromOffset }
}

/** Pure: `blocks` are the newest ones in order, at most a few. */
export function chooseFoldStart(
  blocks: readonly LedgerBlock[],
  sums: readonly RollupSum[],
  bounds: LogBounds,
): number {
  const differing = blocks.find(block => !addsUp(block, sums))
  if (differing !== undefined) return differing.first_offset
  const newest = blocks.at(-1)
  if (newest === undefined) return bounds.startOffset
  const complete = newest.next_offset === blockEnd(newest.block)
  return complete ? newest.next_offset : newest.first_offset
}

/** The window is read only where there is something to remember: line positions need none. */
export function chooseReadStart(
  blocks: readonly Pick<LedgerBlock, 'request_ids' | 'first_offset' | 'next_offset'>[],
  foldFromOffset: number,
): number {
  const windowStart = foldFromOffset - WINDOW_SIZE
  const remembered = blocks.filter(
    block => block.request_ids > 0 && block.next_offset > windowStart && block.first_offset < foldFromOffset,
  )
  const oldest = remembered.at(0)
  return oldest === undefined ? foldFromOffset : Math.max(windowStart, oldest.first_offset)
}

function addsUp(block: LedgerBlock, sums: readonly RollupSum[]): boolean {
  const sum = sums.find(candidate => candidate.block === block.block)
  return (
    block.requests === (sum?.requests ?? 0) &&
    block.request_bytes === (sum?.request_bytes ?? 0) &&
    block.response_bytes === (sum?.response_bytes ?? 0)
  )
}

function assertLogHolds(place: Place, bounds: LogBounds, readFromOffset: number, knownOffset: number): void {
  const where = `partition ${place.partition} of ${place.stream}`
  if (bounds.endOffset < knownOffset) {
    throw new LogGapError(
      `${where} ends at offset ${bounds.endOffset}, but the ledger has counted up to ${knownOffset}: offsets ` +
        `${bounds.endOffset} to ${knownOffset - 1} are gone. Was the topic re-created? Restore it, or count the new ` +
        `one under another topic name.`,
    )
  }
  if (bounds.startOffset > readFromOffset) {
    throw new LogGapError(
      `${where} begins at offset ${bounds.startOffset}, but counting must go on from ${readFromOffset}: offsets ` +
        `${readFromOffset} to ${bounds.startOffset - 1} were deleted by the topic's retention before the block at ` +
        `${blockStart(Math.floor(readFromOffset / BLOCK_SIZE))} was complete. Restore them; nothing was counted wrongly.`,
    )
  }
}

/** The log no longer holds what counting needs; the message names the offsets. */
export class LogGapError extends Error {
  override name = 'LogGapError'
}
