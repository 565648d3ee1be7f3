import { readSeenFiles } from '@forbruk/infra/ledger/sources/source-files.ts'
import { type EventLog, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { Admission } from '../count/admit.ts'
import { findUnknown, geometryOf } from '../count/block.ts'
import { BlockProof } from '../count/block-proof.ts'
import { type BatchBounds, cutBatch } from '../count/cut-batch.ts'
import { judgeTime } from '../count/judge-time.ts'
import type { WordParts } from '../count/judge-word.ts'
import { PartitionFold } from '../count/partition-fold.ts'
import { rememberedFrom } from '../count/window.ts'
import { restoreSources } from '../resume/restore-sources.ts'
import { type BlockRows, encodeBlock } from '../run/encode-block.ts'

export type ReplayParts = {
  readonly store: Store
  readonly log: EventLog
  /** The newest rules that this release has. */
  readonly foldVersionMax: number
  readonly gaps: readonly AcceptedGap[]
  readonly words: WordParts
  /** One for all blocks that are folded in turn. */
  readonly scanner: RequestScanner
}

export type FoldedAgain =
  /** What the log gives of the block, in one flush or two. None: it holds nothing of it. */
  | { readonly kind: 'folded'; readonly rows: readonly BlockRows[]; readonly rowsAtCut: readonly BlockRows[] }
  /** The log, or this release, lacks what folding it takes. Given up: it lies before a gap that was accepted. */
  | { readonly kind: 'lacking'; readonly reason: string; readonly isGivenUp: boolean }

/** Little enough to hold up nobody else in the process. */
const FOLDED_AT_ONCE: BatchBounds = { records: 4_096, bytes: 262_144 }

/**
 * Folds one block again from the log, and tells after each part how many records that were: whoever asks says when it
 * goes on, or that it doesn't. Nothing is written.
 *
 * @param ofPartition all blocks of the partition, in order
 * @param cut an offset: what was there below it is told as well
 */
export async function* foldAgain(
  parts: ReplayParts,
  block: LedgerBlock,
  ofPartition: readonly LedgerBlock[],
  cut: number | null = null,
): AsyncGenerator<number, FoldedAgain> {
  const { firstOffset, nextOffset, partition } = block
  const lacking = (reason: string): FoldedAgain => {
    const isGivenUp = parts.gaps.some(gap => gap.partition === partition && gap.fromOffset >= nextOffset)
    return { kind: 'lacking', reason, isGivenUp }
  }
  const unknown = findUnknown('it', geometryOf(block).foldVersion, parts.foldVersionMax)
  if (unknown !== null) return { kind: 'lacking', reason: unknown.message, isGivenUp: false }
  const range = findRange(parts, block, ofPartition)
  const { startOffset } = await parts.log.bounds(partition)
  if (startOffset > range.fromOffset) {
    return lacking(`the log begins at offset ${startOffset}, the block needs ${range.fromOffset}`)
  }
  const fold = await beginFold(parts, block, range)
  const isCut = cut !== null && cut > firstOffset && cut < nextOffset
  // At once: the log may have gone on far beyond what is counted of the block.
  const take = () => fold.takeRows(true).filter(rows => rows.ledger.block === block.block)
  try {
    if (isCut) yield* foldRange(parts.log, fold, range.fromOffset, cut)
    const below = isCut ? take() : []
    yield* foldRange(parts.log, fold, isCut ? cut : range.fromOffset, range.toOffset)
    const rows = [...below, ...take()]
    return { kind: 'folded', rows, rowsAtCut: cut === null || cut >= nextOffset ? rows : below }
  } catch (error) {
    if (error instanceof UnreadableRecordsError) return lacking(error.message)
    throw error
  }
}

type FoldRange = {
  readonly fromOffset: number
  readonly toOffset: number
  /** That the window may reach into. */
  readonly earlierBlocks: readonly LedgerBlock[]
}

/** Pure: what of the log folding the block takes. */
function findRange(
  { gaps }: ReplayParts,
  { firstOffset, nextOffset, partition, firstAppendTimeMs, windowSize }: LedgerBlock,
  ofPartition: readonly LedgerBlock[],
): FoldRange {
  const gapEnds = gaps.filter(gap => gap.partition === partition).map(gap => gap.toOffset)
  // Nothing is remembered over a gap.
  const floor = Math.max(0, ...gapEnds.filter(offset => offset <= firstOffset))
  const earlierBlocks = ofPartition.filter(
    other => other.firstOffset < firstOffset && other.firstOffset >= floor,
  )
  // One more where a later block begins: it must be the record that ends this one.
  const next = ofPartition.find(other => other.firstOffset > firstOffset)
  const isComplete = next !== undefined && !gapEnds.includes(next.firstOffset)
  return {
    fromOffset: rememberedFrom(earlierBlocks, firstOffset, firstAppendTimeMs, windowSize),
    toOffset: isComplete ? nextOffset + 1 : nextOffset,
    earlierBlocks,
  }
}

async function beginFold(
  { store, words, foldVersionMax, scanner }: ReplayParts,
  block: LedgerBlock,
  { fromOffset: readFromOffset, earlierBlocks }: FoldRange,
): Promise<PartitionFold<BlockRows>> {
  const { stream, partition, firstOffset: foldFromOffset } = block
  const geometry = geometryOf(block)
  const place = { stream, partition }
  const sources = restoreSources(await readSeenFiles(store, place, foldFromOffset))
  const admission = new Admission(geometry.windowSize, sources)
  const start = { foldFromOffset, readFromOffset, earlierBlocks, restoredBlock: null }
  return new PartitionFold<BlockRows>(
    { ...place, ...start, geometry, admission, proof: new BlockProof(place, new Map()) },
    { ...words, foldVersionMax, scanner, judge: judgeTime, encode: encodeBlock },
  )
}

async function* foldRange(
  log: EventLog,
  fold: PartitionFold<BlockRows>,
  fromOffset: number,
  toOffset: number,
): AsyncGenerator<number, void> {
  for await (const batch of log.read(fold.partition, fromOffset, toOffset)) {
    for (const part of cutBatch(batch, FOLDED_AT_ONCE)) {
      fold.foldBatch(part)
      yield part.records.length
    }
  }
}
