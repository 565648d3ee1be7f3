import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { type EventLog, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { acceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { findUnknown, followRecord, geometryOf } from '../count/block.ts'
import { judgeWord, type WordParts } from '../count/judge-word.ts'
import { describePartition } from '../count/log-gap.ts'
import { rememberedFrom } from '../count/window.ts'
import { behindGaps, chooseFoldStart } from './resume.ts'
import { BLOCKS_VERIFIED, readRowSums } from './verify-blocks.ts'

/** Offsets [fromOffset, toOffset) that are given up; none where only the open block can't go on. */
export type Gap = { readonly partition: number; readonly fromOffset: number; readonly toOffset: number }

/** There is no such gap: nothing was recorded. */
export class GapRefusedError extends Error {
  override name = 'GapRefusedError'
}

type AcceptGapParts = {
  readonly ledger: LedgerReader
  readonly store: Pick<Store, 'insert'>
  readonly log: Pick<EventLog, 'topic' | 'partitionCount' | 'bounds' | 'read'>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly foldVersionMax: number
  readonly words: WordParts
}

/**
 * Records that an operator gives up what the log has lost, or holds damaged, or a record that asks for rules which
 * nobody has, so that counting goes on behind it. Only
 * the very gap that counting stops at can be accepted; accepting it again changes nothing. Every aggregator of the
 * stream must have been stopped: one that still holds the lost records would count on. Throws GapRefusedError.
 */
export async function acceptGap(parts: AcceptGapParts, gap: Gap, reason: string): Promise<void> {
  const { ledger, store, log } = parts
  const { partition, fromOffset, toOffset } = gap
  if (partition >= log.partitionCount) {
    throw new GapRefusedError(
      `${log.topic} has ${log.partitionCount} partitions, and no partition ${partition}`,
    )
  }
  const place = { stream: log.topic, partition }
  const recorded = await ledger.readGaps(place)
  if (recorded.some(known => known.fromOffset === fromOffset && known.toOffset === toOffset)) return
  const found = await findGap(parts, partition)
  if (found === null) {
    throw new GapRefusedError(
      `${describePartition(place)}: the log holds all that counting needs; there is no gap to accept`,
    )
  }
  if (found.fromOffset !== fromOffset || found.toOffset !== toOffset) {
    throw new GapRefusedError(
      `${describePartition(place)}: the gap is ${describeGap(found)}, not ${describeGap(gap)}; accept that one`,
    )
  }
  const accepted = { ...place, fromOffset, toOffset, reason, acceptedAtMs: parts.clock() }
  await insertValues(store, acceptedGap, [accepted])
}

/** As the command takes it: PARTITION:FROM-TO. */
function describeGap({ partition, fromOffset, toOffset }: Gap): string {
  return `${partition}:${fromOffset}-${toOffset}`
}

/** What keeps the partition from being counted on; null when nothing does. */
async function findGap(parts: AcceptGapParts, partition: number): Promise<Gap | null> {
  const { ledger, log } = parts
  const place = { stream: log.topic, partition }
  const all = await ledger.readNewestBlocks(place, BLOCKS_VERIFIED)
  const { blocks, gap } = behindGaps(all, await ledger.readGaps(place))
  const newest = blocks.at(-1)
  const bounds = await log.bounds(partition)
  // Also when a gap was accepted and nothing counted behind it yet: a greater one replaces it.
  const fromOffset = all.at(-1)?.nextOffset
  if (fromOffset === undefined || bounds.endOffset < fromOffset) return null
  const giveUpTo = (offset: number): Gap => ({
    partition,
    fromOffset,
    toOffset: Math.max(fromOffset, offset),
  })
  const giveUpUnreadable = async (needed: number, nextOffset: number) => {
    const unreadable = await findUnreadable(
      log,
      partition,
      needed,
      Math.min(nextOffset + 1, bounds.endOffset),
    )
    return unreadable && giveUpTo(unreadable.toOffset)
  }
  if (newest === undefined) {
    const needed = gap?.toOffset ?? 0
    if (bounds.startOffset > needed) return giveUpTo(bounds.startOffset)
    const unreadable = await giveUpUnreadable(needed, needed)
    if (unreadable !== null) return unreadable
    const last = all.at(-1)
    const isStray = last !== undefined && (await findStray(parts, last, needed, bounds.endOffset))
    return isStray ? giveUpTo(needed + 1) : null
  }
  const sums = await readRowSums(ledger, place, blocks)
  const { foldFromOffset, restoredBlock } = chooseFoldStart(blocks, sums, bounds)
  const earlierBlocks = blocks.filter(block => block.firstOffset < foldFromOffset)
  const needed = Math.min(
    foldFromOffset,
    rememberedFrom(earlierBlocks, foldFromOffset, null, newest.windowSize),
  )
  if (restoredBlock !== null || bounds.startOffset > needed) return giveUpTo(bounds.startOffset)
  const unreadable = await giveUpUnreadable(needed, fromOffset)
  if (unreadable !== null) return unreadable
  return (await findStray(parts, newest, fromOffset, bounds.endOffset)) ? giveUpTo(fromOffset + 1) : null
}

/** Whether the record at `offset`, behind the block, asks for rules that this process doesn't have. */
async function findStray(
  { log, foldVersionMax, words }: AcceptGapParts,
  block: LedgerBlock,
  offset: number,
  endOffset: number,
): Promise<boolean> {
  if (offset >= endOffset) return false
  const geometry = geometryOf(block)
  for await (const { records } of log.read(block.partition, offset, offset + 1)) {
    for (const { value } of records) {
      const [decoded] = decodeRecord(value)
      if (decoded === undefined) continue
      const { event, sequence } = judgeWord(decoded, value, block, geometry.foldVersion, words)
      const isOfStream = event.kind === 'stream_version' || event.kind === 'stream_limits'
      const asked = isOfStream ? followRecord(geometry, event, sequence) : null
      if (asked !== null && findUnknown('it', asked.foldVersion, foldVersionMax) !== null) return true
    }
  }
  return false
}

async function findUnreadable(
  log: Pick<EventLog, 'read'>,
  partition: number,
  fromOffset: number,
  toOffset: number,
): Promise<UnreadableRecordsError | null> {
  try {
    for await (const _ of log.read(partition, fromOffset, toOffset));
    return null
  } catch (error) {
    if (error instanceof UnreadableRecordsError) return error
    throw error
  }
}
