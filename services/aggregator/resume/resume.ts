import type { Place } from '@forbruk/infra/ledger/blocks/blocks.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog, LogBounds } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { type Store, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { blockLedger, type LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { Admission } from '../count/admit.ts'
import { alignedEnd, findUnknown, geometryOf, type StreamGeometry } from '../count/block.ts'
import { BlockProof } from '../count/block-proof.ts'
import { assertLogHolds, describePartition } from '../count/log-gap.ts'
import { OpenBlock } from '../count/open-block.ts'
import type { ResumePoint } from '../count/partition-fold.ts'
import { rememberedFrom } from '../count/window.ts'
import { restoreSources } from './restore-sources.ts'
import { BLOCKS_VERIFIED, chooseVerified, findDiffering, type RowSums, readRowSums } from './verify-blocks.ts'

export type ResumeParts = {
  readonly ledger: LedgerReader
  readonly store: Pick<Store, 'insert'>
  readonly log: Pick<EventLog, 'topic' | 'bounds'>
  readonly ofNewPartition: StreamGeometry
  readonly foldVersionMax: number
}

/**
 * Where to go on with a partition, by the ledger alone: at the start of its open block, or of the first of the newest
 * blocks whose rows don't add up to their ledger row. Where retention has deleted what folding the open block again
 * takes, after what of it is counted: its figures stand. Throws LogGapError when the log can't be read from there,
 * and FoldVersionError when it was counted by rules that this process doesn't have.
 */
export async function resumePartition(parts: ResumeParts, partition: number): Promise<ResumePoint> {
  const { ledger, log, foldVersionMax } = parts
  const place = { stream: log.topic, partition }
  const all = await readLedger(parts, place)
  const { blocks, gap } = behindGaps(all, await ledger.readGaps(place))
  const sums = await readRowSums(ledger, place, blocks)
  // After the ledger: what another process counts meanwhile must not look as if it were beyond the log's end.
  const bounds = await log.bounds(partition)
  const { foldFromOffset, restoredBlock } =
    gap === null || blocks.length > 0
      ? chooseFoldStart(blocks, sums, bounds)
      : { foldFromOffset: gap.toOffset, restoredBlock: null }
  assertLogHolds(place, bounds, foldFromOffset, all.at(-1)?.nextOffset ?? foldFromOffset)
  const earlierBlocks = blocks.filter(block => block.firstOffset < foldFromOffset)
  const geometry = geometryAt(all, foldFromOffset)
  const unknown = findUnknown(describePartition(place), geometry.foldVersion, foldVersionMax)
  if (unknown !== null) throw unknown
  const readFromOffset = Math.max(
    bounds.startOffset,
    rememberedFrom(earlierBlocks, foldFromOffset, null, geometry.windowSize),
  )
  const sources = restoreSources(await ledger.readSeenFiles(place, foldFromOffset))
  const admission = new Admission(geometry.windowSize, sources)
  const counted = blocks.filter(block => block.firstOffset >= foldFromOffset)
  const proof = new BlockProof(place, new Map(counted.map(block => [block.firstOffset, block])))
  const start = { foldFromOffset, readFromOffset, earlierBlocks, restoredBlock }
  return { ...place, ...start, geometry, admission, proof }
}

async function readLedger(parts: ResumeParts, place: Place): Promise<LedgerBlock[]> {
  const readNewest = () => parts.ledger.readNewestBlocks(place, BLOCKS_VERIFIED)
  const blocks = await readNewest()
  return blocks.length > 0 ? blocks : storeStart(parts, place, readNewest)
}

/**
 * Of a partition that was never counted, the start is stored first, as an empty block: a process that crashed before
 * its first ledger row may have left rows, and the next one would begin elsewhere once retention has moved the log's
 * start. The ledger is read again after the bounds, so that a process that was held up stores no start that is newer
 * than the one that is counted from; and after the insert, since what another process wrote meanwhile decides.
 */
async function storeStart(
  { store, log, ofNewPartition }: ResumeParts,
  place: Place,
  readNewest: () => Promise<LedgerBlock[]>,
): Promise<LedgerBlock[]> {
  const { startOffset } = await log.bounds(place.partition)
  const meanwhile = await readNewest()
  if (meanwhile.length > 0) return meanwhile
  const start = new OpenBlock(startOffset, ofNewPartition)
  const row = start.toLedger(place.stream, place.partition, startOffset)
  await insertValues(store, blockLedger, [row])
  const begun = await readNewest()
  if (begun.length > 0) return begun
  throw new StoreUnavailableError(
    `the ledger of partition ${place.partition} of ${place.stream} does not show the row that was just written to it`,
  )
}

/**
 * The blocks behind the last accepted gap, and that gap. Those before it stand as they are: what the log has lost of
 * them can't be folded again, and no request id is remembered from them. Pure.
 */
export function behindGaps(
  blocks: readonly LedgerBlock[],
  gaps: readonly AcceptedGap[],
): { blocks: readonly LedgerBlock[]; gap: AcceptedGap | null } {
  const gap = gaps.at(-1) ?? null
  return { gap, blocks: blocks.filter(block => block.firstOffset >= (gap?.toOffset ?? 0)) }
}

type FoldStart = Pick<ResumePoint, 'foldFromOffset' | 'restoredBlock'>

/** Pure: `blocks` are the newest ones in order, at least one. */
export function chooseFoldStart(
  blocks: readonly LedgerBlock[],
  sums: RowSums,
  { startOffset }: LogBounds,
): FoldStart {
  const differing = findDiffering(chooseVerified(blocks), sums)
  if (differing !== undefined) return { foldFromOffset: differing.firstOffset, restoredBlock: null }
  const newest = blocks.at(-1)
  if (newest === undefined)
    throw new RangeError('a partition without a ledger row has no place to go on from')
  const { firstOffset, nextOffset } = newest
  if (nextOffset === alignedEnd(firstOffset, newest))
    return { foldFromOffset: nextOffset, restoredBlock: null }
  const earlierBlocks = blocks.slice(0, -1)
  const needed = rememberedFrom(earlierBlocks, firstOffset, newest.firstAppendTimeMs, newest.windowSize)
  const isDeleted = needed < startOffset && startOffset <= nextOffset
  return isDeleted
    ? { foldFromOffset: nextOffset, restoredBlock: newest }
    : { foldFromOffset: firstOffset, restoredBlock: null }
}

/** That of the block that begins there; of one that nothing is stored of, that of the block before. Pure. */
function geometryAt(blocks: readonly LedgerBlock[], offset: number): StreamGeometry {
  const block = blocks.findLast(({ firstOffset }) => firstOffset <= offset)
  if (block === undefined) throw new RangeError(`no block of the ledger begins at or before offset ${offset}`)
  return geometryOf(block)
}
