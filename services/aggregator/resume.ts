import type { EventLog, LogBounds } from '@forbruk/infra/log/event-log.ts'
import { type Store, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { Admission } from './admit.ts'
import { blockEnd, blockOf, FOLD_VERSION, type StreamGeometry } from './block.ts'
import { BlockFold } from './fold.ts'
import type { ResumePoint } from './partition-fold.ts'
import type { BlockSum, LedgerBlock, LedgerReader, Place } from './read-ledger.ts'
import { ledgerRow } from './rows.ts'
import { BLOCKS_VERIFIED, findDiffering } from './verify-blocks.ts'

export type Resume = { readonly point: ResumePoint; readonly readFromOffset: number }

export type ResumeParts = {
  readonly ledger: LedgerReader
  readonly store: Pick<Store, 'insert'>
  readonly log: Pick<EventLog, 'topic' | 'bounds'>
  readonly geometry: StreamGeometry
}

/**
 * Where to go on with a partition, by the ledger alone: at the start of its open block, or of the first of the newest
 * blocks whose rows don't add up to their ledger row. Throws LogGapError when the log can't be read from there.
 */
export async function resumePartition(parts: ResumeParts, partition: number): Promise<Resume> {
  const { ledger, log, geometry } = parts
  const place = { stream: log.topic, partition }
  const blocks = await readLedger(parts, place)
  const verified = blocks.slice(-BLOCKS_VERIFIED)
  const sums = await ledger.readBlockSums(place, verified.at(0)?.block ?? 0)
  const foldFromOffset = chooseFoldStart(verified, sums, geometry)
  const readFromOffset = chooseReadStart(blocks, foldFromOffset, geometry)
  // After the ledger: what another process counts meanwhile must not look as if it were beyond the log's end.
  const bounds = await log.bounds(partition)
  assertLogHolds(place, bounds, readFromOffset, blocks.at(-1)?.next_offset ?? readFromOffset)
  const sources = await ledger.readSources(place, blockOf(foldFromOffset, geometry))
  const admission = new Admission(geometry.windowSize, sources)
  const stored = new Map(
    blocks
      .filter(block => block.first_offset >= foldFromOffset && block.fold_version === FOLD_VERSION)
      .map(block => [
        block.block,
        { nextOffset: block.next_offset, events: block.events, fingerprint: block.fingerprint },
      ]),
  )
  return { point: { ...place, foldFromOffset, admission, stored }, readFromOffset }
}

/** The newest blocks, one more than is verified: the window before the oldest of them may reach into it. */
async function readLedger(parts: ResumeParts, place: Place): Promise<LedgerBlock[]> {
  const readNewest = () => parts.ledger.readNewestBlocks(place, BLOCKS_VERIFIED + 1)
  const blocks = await readNewest()
  return blocks.length > 0 ? blocks : storeStart(parts, place, readNewest)
}

/**
 * Of a partition that was never counted, the start is stored first, as an empty block: a process that crashed before its
 * first ledger row may have left rows, and the next one would begin elsewhere once retention has moved the log's start.
 * The ledger is read again after the bounds, so that a process that was held up stores no start that is newer than the
 * one that is counted from; and after the insert, since what another process wrote meanwhile decides.
 */
async function storeStart(
  { store, log, geometry }: ResumeParts,
  place: Place,
  readNewest: () => Promise<LedgerBlock[]>,
): Promise<LedgerBlock[]> {
  const { startOffset } = await log.bounds(place.partition)
  const meanwhile = await readNewest()
  if (meanwhile.length > 0) return meanwhile
  const block = blockOf(startOffset, geometry)
  const row = ledgerRow({ ...place, block }, new BlockFold(block, startOffset), startOffset)
  await store.insert('block_ledger', [row])
  const begun = await readNewest()
  if (begun.length > 0) return begun
  throw new StoreUnavailableError(
    `the ledger of partition ${place.partition} of ${place.stream} does not show the row that was just written to it`,
  )
}

/** Pure: `blocks` are the newest ones in order, at least one. */
export function chooseFoldStart(
  blocks: readonly LedgerBlock[],
  sums: readonly BlockSum[],
  geometry: StreamGeometry,
): number {
  const differing = findDiffering(blocks, sums)
  if (differing !== undefined) return differing.first_offset
  const newest = blocks.at(-1)
  if (newest === undefined)
    throw new RangeError('a partition without a ledger row has no place to go on from')
  const complete = newest.next_offset === blockEnd(newest.block, geometry)
  return complete ? newest.next_offset : newest.first_offset
}

/** The window is read only where there is something to remember: line positions need none. */
export function chooseReadStart(
  blocks: readonly Pick<LedgerBlock, 'request_ids' | 'first_offset' | 'next_offset'>[],
  foldFromOffset: number,
  { windowSize }: StreamGeometry,
): number {
  const windowStart = foldFromOffset - windowSize
  const remembered = blocks.filter(
    block => block.request_ids > 0 && block.next_offset > windowStart && block.first_offset < foldFromOffset,
  )
  const oldest = remembered.at(0)
  return oldest === undefined ? foldFromOffset : Math.max(windowStart, oldest.first_offset)
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
        `${readFromOffset} to ${bounds.startOffset - 1} were deleted by the topic's retention before their block was ` +
        `complete. Restore them; nothing was counted wrongly.`,
    )
  }
}

/** The log no longer holds what counting needs; the message names the offsets. */
export class LogGapError extends Error {
  override name = 'LogGapError'
}
